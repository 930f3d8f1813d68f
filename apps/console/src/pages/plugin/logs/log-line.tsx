import type { LogLineDto } from "@patchbay/protocol";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import { IconChevronDown, IconChevronRight } from "../../../components/icons.tsx";
import styles from "./logs.module.css";

export interface LogLineProps {
  readonly line: LogLineDto;
  readonly isOpen: boolean;
  readonly onToggle: (id: string) => void;
}

/** One line: when, how severe, what; its fields when they are unfolded. */
export const LogLine = memo(({ line, isOpen, onToggle }: LogLineProps) => {
  const { t } = useTranslation("plugin");
  const formats = useFormats();
  const { id, at, level, message, fields, version } = line;
  const hasFields = fields !== undefined && Object.keys(fields).length > 0;
  return (
    <>
      <div className={styles.head} data-level={level}>
        {hasFields ? (
          <button
            type="button"
            className={styles.toggle}
            aria-expanded={isOpen}
            aria-label={t("logs.fields")}
            onClick={() => onToggle(id)}
          >
            {isOpen ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
          </button>
        ) : (
          <span className={styles.toggle} />
        )}
        <time className={styles.time} dateTime={at} title={`${formats.dateTime(at)} · ${version}`}>
          {formats.time(at)}
        </time>
        <span className={styles.level}>{t(`logs.levels.${level}`)}</span>
        <span className={styles.message}>{message}</span>
      </div>
      {isOpen && hasFields && <pre className={styles.fields}>{JSON.stringify(fields, null, 2)}</pre>}
    </>
  );
});
