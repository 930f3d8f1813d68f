import { Anchor } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./memory.module.css";
import { foldedText } from "./memory-text.ts";

export interface FoldedTextProps {
  readonly text: string;
  /** JSON is for readers of code. */
  readonly isCode?: boolean;
}

/** A text of strangers, as it was written: of a long one the beginning, until somebody wants all of it. */
export const FoldedText = ({ text, isCode = false }: FoldedTextProps) => {
  const { t } = useTranslation("memory");
  const [isWhole, setIsWhole] = useState(false);
  const folded = foldedText(text);
  return (
    <>
      <p className={isCode ? `${styles.text} ${styles.code}` : styles.text} dir={isCode ? "ltr" : "auto"}>
        {isWhole ? text : (folded ?? text)}
      </p>
      {folded !== null && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          w="fit-content"
          aria-expanded={isWhole}
          onClick={() => setIsWhole(!isWhole)}
        >
          {t(isWhole ? "less" : "all")}
        </Anchor>
      )}
    </>
  );
};
