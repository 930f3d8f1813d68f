import { QueryErrorResetBoundary } from "@tanstack/react-query";
import { CatchBoundary } from "@tanstack/react-router";
import { type ReactNode, Suspense } from "react";
import { useSession } from "../api/session.ts";
import { PageSkeleton } from "./page-skeleton.tsx";
import { RetryProblem } from "./retry-problem.tsx";

/** Around what reads before it shows: a skeleton meanwhile, the error with a way to try again when it fails. */
export const QueryBoundary = ({
  children,
  fallback = <PageSkeleton />,
}: {
  children: ReactNode;
  fallback?: ReactNode;
}) => {
  // Whoever has signed in again sees what they were refused before.
  const { round } = useSession();
  return (
    <QueryErrorResetBoundary>
      {({ reset }) => (
        <CatchBoundary
          getResetKey={() => round}
          onCatch={() => undefined}
          errorComponent={({ error, reset: again }) => (
            <RetryProblem
              error={error}
              onRetry={() => {
                reset();
                again();
              }}
            />
          )}
        >
          <Suspense fallback={fallback}>{children}</Suspense>
        </CatchBoundary>
      )}
    </QueryErrorResetBoundary>
  );
};
