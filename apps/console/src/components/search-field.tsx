import { Kbd, TextInput } from "@mantine/core";
import { useRef } from "react";
import { IconSearch } from "./icons.tsx";
import { useSlashKey } from "./slash-key.ts";
import { useTypedText } from "./typed-text.ts";

export interface SearchFieldProps {
  readonly label: string;
  readonly text: string;
  /** Hears the text as it was typed, `delayMs` after the last keystroke. */
  readonly onText: (text: string) => void;
  readonly delayMs: number;
  readonly maxLength?: number;
}

/** Searches a page. `/` leads here. */
export const SearchField = ({ label, text, onText, delayMs, maxLength }: SearchFieldProps) => {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useTypedText(text, onText, delayMs);
  useSlashKey(() => input.current?.focus());
  return (
    <TextInput
      ref={input}
      type="search"
      flex="4 1 220px"
      maxLength={maxLength}
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed === "" ? <Kbd aria-hidden>/</Kbd> : undefined}
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
    />
  );
};
