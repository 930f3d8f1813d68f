import { Button, CopyButton as MantineCopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** How long a button says that it has copied, in milliseconds. */
const COPIED_MS = 2_000;

export interface CopyButtonProps {
  readonly value: string;
  /** What is copied, for the button's name. */
  readonly label: string;
  /** Shown instead of "Copy". */
  readonly children?: string;
}

/** Copies a text, and says so. */
export const CopyButton = ({ value, label, children }: CopyButtonProps) => {
  const { t } = useTranslation();
  return (
    <MantineCopyButton value={value} timeout={COPIED_MS}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="compact-xs"
          onClick={copy}
          aria-label={copied ? t("copied") : label}
          leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        >
          <span aria-live="polite">{copied ? t("copied") : (children ?? t("copy"))}</span>
        </Button>
      )}
    </MantineCopyButton>
  );
};
