import { Text } from "@mantine/core";
import type { ContentPart } from "@patchbay/protocol";
import { useMemo } from "react";
import { AnswerFiles } from "./answer-files.tsx";
import { BoundedText } from "./bounded-text.tsx";
import { fileOfPart } from "./content-parts.ts";
import styles from "./try-tool.module.css";
import { ValueView } from "./value-view.tsx";

/** An answer to be looked at: its texts, pictures and files in their order. */
export const ContentView = ({ parts }: { readonly parts: readonly ContentPart[] }) => (
  <ol className={styles.list}>
    {parts.map((part, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have nothing else by which they could be told apart
      <li key={index}>
        <PartView part={part} index={index} />
      </li>
    ))}
  </ol>
);

const PartView = ({ part, index }: { readonly part: ContentPart; readonly index: number }) => {
  const file = useMemo(() => fileOfPart(part, index), [part, index]);
  if (part.type === "text") return <ValueView value={part.text} />;
  if (file !== null) return <AnswerFiles files={[file]} />;
  if (part.type !== "resource") return <ValueView value={part} depth={1} />;
  return (
    <>
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        <BoundedText text={part.resource.uri} />
      </Text>
      <ValueView value={part.resource.text ?? ""} />
    </>
  );
};
