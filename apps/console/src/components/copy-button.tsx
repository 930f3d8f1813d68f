import { Button, Group, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { copyText } from "./copy-text.ts";
import { IconCheck, IconCopy } from "./icons.tsx";

/** How long a button says that it has copied, in milliseconds. */
const COPIED_MS = 2_000;

export interface CopyButtonProps {
  /** The text, or what makes it when it is wanted. */
  readonly value: string | (() => string);
  /** What is copied, for the button's name. */
  readonly label: string;
  /** Shown instead of "Copy". */
  readonly children?: string;
  readonly size?: "compact-xs" | "compact-sm";
}

/** Copies a text, and says so, or that it could not. */
export const CopyButton = ({ value, label, children, size = "compact-xs" }: CopyButtonProps) => {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<"copied" | "failed" | null>(null);
  useEffect(() => {
    if (outcome !== "copied") return;
    const timer = setTimeout(() => setOutcome(null), COPIED_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () =>
    setOutcome((await copyText(typeof value === "string" ? value : value())) ? "copied" : "failed");
  const isCopied = outcome === "copied";
  return (
    <Group gap="xs" display="inline-flex">
      <Button
        variant="default"
        size={size}
        onClick={() => void copy()}
        aria-label={isCopied ? t("copied") : label}
        leftSection={isCopied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      >
        <span aria-live="polite">{isCopied ? t("copied") : (children ?? t("copy"))}</span>
      </Button>
      {outcome === "failed" && (
        <Text size="sm" role="alert">
          {t("notCopied")}
        </Text>
      )}
    </Group>
  );
};
