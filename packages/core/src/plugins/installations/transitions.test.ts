import { expect, it } from "vitest";
import type { Installation, InstallationChange } from "../../ports/installation-store.ts";
import type { InstallationContext } from "./installation-context.ts";
import { Transitions } from "./transitions.ts";

const interrupted = (wasEnabled: boolean): Installation => ({
  id: "i",
  organizationId: "o",
  pluginId: "acme.late",
  version: "1.0.0",
  previous: null,
  state: "updating",
  source: "upload",
  badge: "private",
  scope: { projects: "all" },
  grants: [],
  transition: { kind: "update", toVersion: "2.0.0", grants: [], nodeId: "n", startedAt: "", wasEnabled },
  lastError: null,
  revision: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
});

/** What an interrupted update is settled as. */
const settledAs = async (installation: Installation): Promise<InstallationChange> => {
  const changes: InstallationChange[] = [];
  const context = {
    change: async (_: Installation, change: InstallationChange) => {
      changes.push(change);
      return installation;
    },
  };
  await new Transitions(context as unknown as InstallationContext).giveUp(installation);
  return changes[0] ?? expect.fail("Nothing was settled.");
};

it.each([
  ["enabled", "a plugin that served", true],
  ["error", "one that had failed, so that it can be tried again", false],
] as const)("gives an interrupted update up and leaves as %s %s", async (state, _what, wasEnabled) => {
  expect(await settledAs(interrupted(wasEnabled))).toEqual({ state, transition: null });
});
