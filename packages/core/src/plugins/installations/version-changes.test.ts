import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { systemAuthority } from "../../access/authority.ts";
import { DEFAULT_POLICY } from "../../model/policy.ts";
import type { Installation } from "../../ports/installation-store.ts";
import { contextOver, installed, packageOf, somebody } from "./testing.ts";
import { Transitions } from "./transitions.ts";
import { VersionChanges } from "./version-changes.ts";

const ID = "acme.app";
const OWNER = somebody("owner");
const PACKAGES = [
  packageOf(ID),
  packageOf(ID, "2.0.0"),
  packageOf(ID, "3.0.0", { permissions: { required: ["storage.scoped"] } }),
];

const open = async (installation: Installation, fails = false) => {
  const found = await contextOver([installation], PACKAGES, () =>
    fails ? new PatchbayError("activation_failed", "It does not start.") : null,
  );
  const versions = new VersionChanges(found.context, new Transitions(found.context));
  return { ...found, versions, now: () => found.stateOf(ID) };
};
const codeOf = async (work: Promise<unknown>) =>
  await work.then(
    () => "done",
    (error: unknown) => (error instanceof PatchbayError ? error.code : String(error)),
  );

describe("a change of version", () => {
  it("lets the old one serve until the new one answers, and can be taken back", async () => {
    const { versions, told, now } = await open(installed(ID, { state: "enabled" }));
    await versions.update(OWNER, "org", ID, { version: "2.0.0" });
    expect(told.runtime).toEqual([`start ${ID} 2.0.0`, `retire installation of ${ID} but 2.0.0`]);
    expect(now()).toMatchObject({ state: "enabled", version: "2.0.0", previous: { version: "1.0.0" } });
    await versions.rollback(OWNER, "org", ID);
    expect(now()).toMatchObject({ state: "enabled", version: "1.0.0" });
    expect(told.steps.map(({ action }) => action)).toEqual(["plugin.updated", "plugin.rolled_back"]);
  });

  it("leaves the old one where the new one does not start, and keeps why", async () => {
    const { versions, told, now } = await open(installed(ID, { state: "enabled" }), true);
    expect(await codeOf(versions.update(OWNER, "org", ID, { version: "2.0.0" }))).toBe("activation_failed");
    expect(now()).toMatchObject({
      state: "enabled",
      version: "1.0.0",
      transition: null,
      lastError: { code: "activation_failed" },
    });
    expect(told.steps.map(({ action }) => action)).toEqual(["plugin.update_failed"]);
  });

  it("starts nothing of a plugin that is off", async () => {
    const { versions, told, now } = await open(installed(ID));
    await versions.update(OWNER, "org", ID, { version: "2.0.0" });
    expect(now()).toMatchObject({ state: "disabled", version: "2.0.0" });
    expect(told.runtime).toEqual([]);
  });

  it("asks for what it needs, and for who may grant that", async () => {
    const { versions } = await open(installed(ID));
    expect(await codeOf(versions.update(OWNER, "org", ID, { version: "3.0.0" }))).toBe("grants_required");
    const grants = ["storage.scoped"] as const;
    const member = somebody("member", {}, { install: "everyone", maxGrants: [] });
    const request = { version: "3.0.0", grants };
    expect(await codeOf(versions.update(member, "org", ID, request))).toBe("policy_blocked");
    expect(await codeOf(versions.update(OWNER, "org", ID, request))).toBe("done");
  });

  it("keeps to the policy that its authority has, whoever wants it", async () => {
    const { versions, now } = await open(installed(ID));
    const strict = { ...DEFAULT_POLICY, forbidden: [ID] };
    const update = (authority: Parameters<typeof versions.updateFor>[0]) =>
      codeOf(versions.updateFor(authority, now() as Installation, { version: "2.0.0" }));
    expect(await update(systemAuthority("org", "automatic_update", strict))).toBe("policy_blocked");
    expect(
      await codeOf(versions.update(somebody("owner", {}, strict), "org", ID, { version: "2.0.0" })),
    ).toBe("policy_blocked");
    expect(await update(systemAuthority("org", "automatic_update", DEFAULT_POLICY))).toBe("done");
  });

  it("is not found by those from whom the plugin is hidden", async () => {
    const { versions } = await open(installed(ID, { scope: { projects: ["north"] } }));
    const south = somebody("member", { south: "manager" });
    for (const work of [versions.update(south, "org", ID, {}), versions.rollback(south, "org", ID)])
      expect(await codeOf(work)).toBe("plugin_not_installed");
  });
});
