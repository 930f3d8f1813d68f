import type { ErrorComponentProps } from "@tanstack/react-router";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { RetryProblem } from "../components/retry-problem.tsx";
import { isPartMissing, reloadAfterUpdate, reloadPage } from "./missing-parts.ts";

/** In place of a page that cannot be shown, whether what it reads or a part of it is missing. What surrounds it stays. */
export const ErrorPage = ({ error, reset }: ErrorComponentProps) => {
  const router = useRouter();
  const isMissing = isPartMissing(error);
  const [silence, setSilence] = useState<unknown>(null);
  useEffect(() => {
    if (isMissing) reloadAfterUpdate().catch(setSilence);
  }, [isMissing]);
  const retry = () => {
    if (isMissing) reloadPage().catch(setSilence);
    else {
      reset();
      void router.invalidate();
    }
  };
  return <RetryProblem error={silence ?? error} onRetry={retry} />;
};
