import type { PluginSpec } from "@patchbay/core";
import type { PatchbayError } from "@patchbay/protocol";
import type { TestRuntime } from "./host.ts";

/** The code that a promise rejects with, "none" when it does not. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: PatchbayError) => error.code,
  );

export const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The processes that run a version of an installation. */
export const pidsOf = ({ supervisor }: TestRuntime, spec: PluginSpec): number[] =>
  supervisor
    .instances()
    .filter(
      ({ installationId, version }) => installationId === spec.installationId && version === spec.version,
    )
    .map(({ pid }) => pid);
