import { PatchbayError } from "@patchbay/protocol";
import { type Authority, requireScope } from "../../access/authority.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { DomainLog } from "../../world.ts";
import { disabled } from "../dependencies/checks.ts";

export interface Switches {
  enable(installation: Installation): Promise<Installation>;
  disable(installation: Installation): Promise<Installation>;
}

/**
 * Enables `first`, one after the other, and then `last`. When one of them does not start, those that did are disabled
 * again, and its error is thrown; of one of `first` it says for whom it was started.
 */
export const enableInOrder = async (
  first: readonly Installation[],
  last: Installation,
  switches: Switches,
  log: DomainLog,
): Promise<Installation> => {
  const enabled: Installation[] = [];
  try {
    for (const one of first)
      enabled.unshift(await switches.enable(one).catch((error: unknown) => throwFor(last, one, error)));
    return await switches.enable(last);
  } catch (error) {
    for (const one of enabled) {
      await switches.disable(one).catch((reason: unknown) => {
        // Somebody else may have come to need it meanwhile: then it stays.
        log.warn(
          { plugin: one.pluginId, error: String(reason) },
          "a plugin that was enabled for another one stays so",
        );
      });
    }
    throw error;
  }
};

/** Throws `dependency_disabled` when one of `first` reaches beyond what the caller may change. */
export const requireOwn = (authority: Authority, plugin: string, first: readonly Installation[]): void => {
  const foreign = first.filter(({ scope }) => !mayChange(authority, scope)).map(({ pluginId }) => pluginId);
  if (foreign.length === 0) return;
  throw disabled(
    plugin,
    foreign,
    "It serves more than your own projects: ask an administrator to enable it.",
  );
};

const mayChange = (authority: Authority, scope: Installation["scope"]): boolean => {
  try {
    requireScope(authority, scope);
    return true;
  } catch (error) {
    if (error instanceof PatchbayError && error.code === "forbidden") return false;
    throw error;
  }
};

const throwFor = (last: Installation, one: Installation, error: unknown): never => {
  if (!(error instanceof PatchbayError)) throw error;
  throw new PatchbayError(
    error.code,
    `"${last.pluginId}" needs "${one.pluginId}", which could not be enabled: ${error.message}`,
    { errors: error.errors, facts: { ...error.facts, dependency: one.pluginId }, cause: error },
  );
};
