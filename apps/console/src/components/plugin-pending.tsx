import { Skeleton } from "@mantine/core";
import { Loading } from "./loading.tsx";
import { Page } from "./page.tsx";
import { RetryProblem } from "./retry-problem.tsx";

export interface PluginPendingProps {
  /** Its id: more is not known yet. */
  readonly plugin: string;
  /** null while it is read. */
  readonly error: Error | null;
  readonly onRetry: () => void;
}

/** The page of one plugin while it is read, and when that failed. */
export const PluginPending = ({ plugin, error, onRetry }: PluginPendingProps) => (
  <Page title={plugin}>
    {error === null ? (
      <Loading>
        <Skeleton height={48} />
        <Skeleton height={36} />
        <Skeleton height={240} />
      </Loading>
    ) : (
      <RetryProblem error={error} onRetry={onRetry} />
    )}
  </Page>
);
