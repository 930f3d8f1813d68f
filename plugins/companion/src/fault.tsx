import type { ReactNode } from "react";

/** What went wrong, in the words of whoever knows. */
export const Fault = ({ title, error }: { readonly title: string; readonly error: unknown }): ReactNode => (
  <p role="alert" className="fault">
    <b>{title}</b>: {error instanceof Error ? error.message : String(error)}
  </p>
);
