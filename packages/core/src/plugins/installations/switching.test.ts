import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import type { Installation } from "../../ports/installation-store.ts";
import { Recovery } from "./recovery.ts";
import { Switching } from "./switching.ts";
import { contextOver, installed, packageOf, somebody } from "./testing.ts";
import { Transitions } from "./transitions.ts";

const APP = packageOf("acme.app", "1.0.0", { dependencies: { "acme.base": "^1.0.0" } });
const BASE = packageOf("acme.base");
const OWNER = somebody("owner");

const open = async (installations: readonly Installation[], failing?: string) => {
  const found = await contextOver(installations, [APP, BASE], ({ pluginId }) =>
    pluginId === failing ? new PatchbayError("activation_failed", "It does not start.") : null,
  );
  const transitions = new Transitions(found.context);
  const switching = new Switching(found.context, transitions);
  const recovery = new Recovery(found.context, transitions, switching);
  return { ...found, switching, recovery, actions: () => found.told.steps.map(({ action }) => action) };
};
const codeOf = async (work: Promise<unknown>) =>
  await work.then(
    () => "done",
    (error: unknown) => (error instanceof PatchbayError ? error.code : String(error)),
  );

describe("enabling a plugin", () => {
  it("starts what it needs first, and has both in the history under the name of whoever did it", async () => {
    const { switching, told, stateOf } = await open([installed("acme.app"), installed("acme.base")]);
    await switching.enable(OWNER, "org", "acme.app");
    expect(told.runtime).toEqual(["start acme.base 1.0.0", "start acme.app 1.0.0"]);
    expect(told.steps.map(({ action, pluginId, actor }) => [action, pluginId, actor.name])).toEqual([
      ["plugin.enabled", "acme.base", "owner@example.org"],
      ["plugin.enabled", "acme.app", "owner@example.org"],
    ]);
    expect(stateOf("acme.app")).toMatchObject({ state: "enabled", transition: null });
  });

  it("that does not start leaves it with its error, and what was started for it off", async () => {
    const { switching, told, stateOf, actions } = await open(
      [installed("acme.app"), installed("acme.base")],
      "acme.app",
    );
    expect(await codeOf(switching.enable(OWNER, "org", "acme.app"))).toBe("activation_failed");
    expect(stateOf("acme.app")).toMatchObject({
      state: "error",
      transition: null,
      lastError: { code: "activation_failed", see: "plugins/acme.app/logs" },
    });
    expect(stateOf("acme.base")?.state).toBe("disabled");
    expect(actions()).toEqual(["plugin.enabled", "plugin.enable_failed", "plugin.disabled"]);
    expect(told.runtime.at(-1)).toBe("retire installation of acme.base");
  });

  it("is refused to those who may not, and not found by those from whom it is hidden", async () => {
    const { switching } = await open([
      installed("acme.base", { scope: { projects: ["north"] } }),
      installed("acme.app"),
    ]);
    const south = somebody("member", { south: "manager" });
    const north = somebody("member", { north: "manager" });
    expect(await codeOf(switching.enable(somebody("member"), "org", "acme.base"))).toBe("forbidden");
    expect(await codeOf(switching.enable(south, "org", "acme.base"))).toBe("plugin_not_installed");
    expect(await codeOf(switching.enable(south, "org", "acme.app"))).toBe("forbidden");
    expect(await codeOf(switching.enable(north, "org", "acme.base"))).toBe("done");
  });

  it("keeps to the policy, for what comes along too", async () => {
    const forbidding = somebody("owner", {}, { forbidden: ["acme.base"] });
    const { switching, told } = await open([installed("acme.app"), installed("acme.base")]);
    expect(await codeOf(switching.enable(forbidding, "org", "acme.app"))).toBe("policy_blocked");
    expect(told.runtime).toEqual([]);
  });
});

describe("disabling a plugin", () => {
  it("stops it, unless an enabled one needs it, which is named to those who see it only", async () => {
    const enabled = { state: "enabled" } as const;
    const { switching, told, stateOf } = await open([
      installed("acme.app", { ...enabled, scope: { projects: ["north"] } }),
      installed("acme.base", { ...enabled, scope: { projects: ["south"] } }),
    ]);
    const south = somebody("member", { south: "manager" });
    const refusal = await switching.disable(south, "org", "acme.base").catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "dependency_in_use", facts: { dependents: [] } });
    expect(String(refusal)).not.toContain("acme.app");
    await expect(switching.disable(OWNER, "org", "acme.base")).rejects.toMatchObject({
      facts: { dependents: ["acme.app"] },
    });
    await switching.disable(OWNER, "org", "acme.app");
    await switching.disable(south, "org", "acme.base");
    expect(stateOf("acme.base")?.state).toBe("disabled");
    expect(told.runtime).toEqual(["retire installation of acme.app", "retire installation of acme.base"]);
  });
});

describe("an enabling that was cut short", () => {
  const cut = installed("acme.base", {
    state: "enabling",
    transition: {
      ...({ kind: "enable", toVersion: "1.0.0", grants: [], nodeId: "node" } as const),
      startedAt: new Date(0).toISOString(),
      wasEnabled: false,
    },
  });

  it("is tried again when its node starts, in Patchbay's name", async () => {
    const { recovery, told, stateOf } = await open([cut]);
    await recovery.atStart();
    expect(stateOf("acme.base")?.state).toBe("enabled");
    expect(told.steps).toEqual([
      expect.objectContaining({
        action: "plugin.enabled",
        actor: { kind: "system", id: null, name: "Patchbay" },
      }),
    ]);
  });

  it("gives way to what somebody asks for now", async () => {
    const { switching, told, stateOf } = await open([cut]);
    await switching.disable(OWNER, "org", "acme.base");
    expect(stateOf("acme.base")?.state).toBe("disabled");
    expect(told.runtime).toEqual(["retire installation of acme.base"]);
  });
});
