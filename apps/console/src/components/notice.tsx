import { Alert } from "@mantine/core";
import type { ReactNode } from "react";
import { IconAlertTriangle } from "./icons.tsx";

export interface NoticeProps {
  readonly title?: string;
  /** Read out when it appears, unless it was there from the beginning. */
  readonly isNews?: boolean;
  readonly children: ReactNode;
}

/** Something to mind that is no error: quiet, beside what it is about. */
export const Notice = ({ title, isNews = false, children }: NoticeProps) => (
  <Alert
    variant="default"
    role={isNews ? "status" : "note"}
    icon={<IconAlertTriangle color="var(--mantine-color-orange-6)" aria-hidden />}
    {...(title !== undefined && { title })}
  >
    {children}
  </Alert>
);
