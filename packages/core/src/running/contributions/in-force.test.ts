import { type Grant, type Manifest, PatchbayError, type PluginMetricsDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import type { Principal } from "../../access/caller.ts";
import { InstallationDirectory } from "../../plugins/installations/installation-directory.ts";
import { somebody } from "../../plugins/installations/testing.ts";
import { CallMetrics } from "../../plugins/metrics/call-metrics.ts";
import { PluginSettings } from "../../plugins/settings/plugin-settings.ts";
import { SecretBox } from "../../plugins/settings/secret-box.ts";
import { BlockList } from "../../plugins/trust/block-list.ts";
import { PackageTrust } from "../../plugins/trust/package-trust.ts";
import { PublisherKeys } from "../../plugins/trust/publisher-keys.ts";
import { RecordSeal } from "../../plugins/trust/record-seal.ts";
import type { Block } from "../../ports/advisory-store.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { Egress } from "../../ports/egress.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { PluginRuntime } from "../../ports/plugin-runtime.ts";
import type { World } from "../../world.ts";
import { serveDomains } from "../gate/domains.ts";
import { metricsDomain } from "../gate/metrics-domain.ts";
import { PermissionGate } from "../gate/permission-gate.ts";
import { InvocationGateway } from "../invocation/invocation-gateway.ts";
import { ViewCalls } from "../user-interface/view-calls.ts";
import { InForce } from "./in-force.ts";

const ID = "acme.all";
const GRANTS: readonly Grant[] = [{ name: "ui.page" }, { name: "ui.theme" }, { name: "metrics.read" }];
const MANIFEST: Manifest = {
  id: ID,
  name: "All",
  version: "1.0.0",
  description: "Contributes one of every kind.",
  author: { name: "Acme" },
  category: "utility",
  engines: { patchbay: "^1.0.0" },
  main: "plugin.js",
  ui: "ui.js",
  permissions: { required: ["ui.page", "ui.theme", "metrics.read"] },
  contributes: {
    tools: [{ name: "say", description: "Says it." }],
    views: [{ name: "main", title: "Main", place: "page" }],
    themes: [{ name: "dusk", title: "Dusk", scheme: "dark", tokens: { text: "#ffffff" } }],
  },
};
const WORLD: World = {
  now: () => new Date(),
  newId: () => "id",
  nodeId: "node",
  patchbayVersion: "1.0.0",
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
};
const SEAL = new RecordSeal([Buffer.alloc(32, 1)]);

interface Situation {
  readonly installation?: Partial<Installation>;
  readonly package?: Partial<PackageVersion>;
  readonly blocks?: readonly Block[];
}

/** Everything that answers who contributes what, over one installation. The stores and the sandbox alone are stand-ins. */
const partsOf = (situation: Situation) => {
  const row: PackageVersion = {
    id: "package",
    organizationId: "org",
    pluginId: ID,
    version: "1.0.0",
    digest: "d",
    sizeBytes: 1,
    scriptDigest: "s",
    uiDigest: "u",
    readmeDigest: null,
    changelogDigest: null,
    icon: null,
    manifest: MANIFEST,
    source: "upload",
    badge: "private",
    origin: null,
    broughtFor: null,
    signature: null,
    provenance: null,
    seal: null,
    createdAt: new Date(0),
    ...situation.package,
  };
  const installation: Installation = {
    id: "installation",
    organizationId: "org",
    pluginId: ID,
    version: "1.0.0",
    previous: null,
    state: "enabled",
    source: "upload",
    badge: "private",
    scope: { projects: "all" },
    grants: GRANTS,
    transition: null,
    lastError: null,
    revision: 1,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    ...situation.installation,
  };
  const database = {
    installations: { list: async () => [installation], find: async () => installation },
    catalog: { listInstalled: async () => new Map([[ID, [row]]]), findVersion: async () => row },
    settings: { list: async () => [] },
    advisories: { listBlocks: async () => situation.blocks ?? [] },
    publisherKeys: { list: async () => [] },
  } as unknown as Database;
  const keys = new PublisherKeys(database, SEAL, WORLD);
  const trust = new PackageTrust({
    keys,
    seal: SEAL,
    sigstoreRoot: null,
    world: WORLD,
    admitAgain: async (version) => version,
  });
  return { database, trust, blocks: new BlockList(database.advisories) };
};

const openSurfaces = async (situation: Situation) => {
  const { database, trust, blocks } = partsOf(situation);
  await blocks.load();
  const directory = new InstallationDirectory(database);
  const runtime = { call: async () => ({ kind: "value", value: "said" }) } as unknown as PluginRuntime;
  const gateway = new InvocationGateway(
    { directory, runtime, blocks, maxFileBytes: 1024, keepsContent: () => false },
    () => undefined,
  );
  const inForce = new InForce({ stores: database, trust, blocks });
  const settings = new PluginSettings(database.settings, new SecretBox([Buffer.alloc(32, 1)]));
  const egress = undefined as unknown as Egress;
  const domains = serveDomains({
    database,
    egress,
    settings,
    callMetrics: new CallMetrics(new Date()),
    localModels: true,
    world: WORLD,
  });
  const gate = new PermissionGate((call) => directory.inForce(call), domains, WORLD);
  const views = new ViewCalls({ gateway, inForce, gate, settings, world: WORLD, log: () => undefined });
  return { gateway, inForce, views };
};

/** A member of the project north, who is no administrator, unless told. */
const ada = (role: "member" | "admin" = "member") => somebody(role, { north: "member" });

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => "done",
    (error: unknown) => (error instanceof PatchbayError ? error.code : String(error)),
  );

/** What each surface says: what it lists, and what became of a call. */
const answersOf = async (situation: Situation, project?: string, principal = ada()) => {
  const { gateway, inForce, views } = await openSurfaces(situation);
  const namesOf = async (kind: "tools" | "views" | "themes") =>
    (await inForce.list(kind, principal, "org", project)).map(({ entry }) => entry.name);
  const from = { ...(project !== undefined && { project }), signal: new AbortController().signal };
  const view = { args: {}, attachment: new Uint8Array(), ...from };
  const tool = { kind: "tools", plugin: ID, name: "say", input: {}, ...from } as const;
  return {
    tools: await namesOf("tools"),
    views: await namesOf("views"),
    themes: await namesOf("themes"),
    call: await codeOf(gateway.call({ principal, organization: "org" }, tool)),
    viewCall: await codeOf(views.handle(principal, "org", ID, { method: "settings.getAll", ...view })),
  };
};

const ALL = { tools: ["say"], views: ["main"], themes: ["dusk"], call: "done", viewCall: "done" };
const refused = (call: string, viewCall = call) => ({ tools: [], views: [], themes: [], call, viewCall });
const transition = (wasEnabled: boolean) => ({
  kind: "update",
  toVersion: "2.0.0",
  grants: [],
  nodeId: "node",
  startedAt: "",
  wasEnabled,
});
const withState = (state: Installation["state"], over: object = {}): Situation => ({
  installation: { state, ...over } as Partial<Installation>,
});
const scopedTo = (...projects: string[]): Situation => ({ installation: { scope: { projects } } });
const granted = (...names: string[]): Situation => ({
  installation: { grants: GRANTS.filter(({ name }) => names.includes(name)) },
});

describe("what a plugin contributes", () => {
  it("is in force while it is enabled, and while an update of an enabled one goes on", async () => {
    expect(await answersOf({})).toEqual(ALL);
    expect(await answersOf(withState("updating", { transition: transition(true) }))).toEqual(ALL);
  });

  it.each([
    ["disabled", withState("disabled"), refused("plugin_disabled")],
    ["in a state of error", withState("error"), refused("plugin_failed")],
    ["blocked", withState("blocked"), refused("plugin_failed")],
    ["being enabled", withState("enabling"), refused("plugin_busy")],
    ["updated while off", withState("updating", { transition: transition(false) }), refused("plugin_busy")],
    [
      "of a version that was blocked a moment ago",
      { blocks: [{ plugin: ID, versions: "*", reason: "It steals.", place: "market" }] as Block[] },
      refused("version_blocked"),
    ],
    ["of projects that the caller is not in", scopedTo("south"), refused("plugin_not_installed")],
  ])("is neither listed nor called where the plugin is %s", async (_what, situation, expected) =>
    expect(await answersOf(situation)).toEqual(expected),
  );

  it("is hidden from those who see no project of the plugin's, before its state is told", async () => {
    const off = { installation: { state: "disabled", scope: { projects: ["south"] } } } as const;
    expect(await answersOf(off)).toEqual(refused("plugin_not_installed"));
    expect(await answersOf(off, "north")).toEqual(refused("plugin_not_installed"));
  });

  it("is neither listed nor shown when the package was changed; its code does not start then", async () => {
    // A call of server code gets as far as the start of its sandbox, which asks again.
    const forged = { package: { seal: SEAL.of("package", "something else") } };
    expect(await answersOf(forged)).toEqual(refused("done", "package_modified"));
  });

  it("needs the permission of the entry's place where there is one", async () => {
    expect(await answersOf(granted("ui.page"))).toEqual({ ...ALL, themes: [] });
    expect(await answersOf(granted("ui.theme"))).toEqual({
      ...ALL,
      views: [],
      viewCall: "permission_denied",
    });
  });

  it("needs the bundle that has its code", async () => {
    const withoutUi = { package: { uiDigest: null } };
    expect(await answersOf(withoutUi)).toEqual({ ...ALL, views: [], viewCall: "not_available" });
    const withoutMain = { package: { scriptDigest: null } };
    expect(await answersOf(withoutMain)).toEqual({ ...ALL, tools: [], call: "tool_not_found" });
  });

  it("applies to the plugin's projects only, which lists may leave open and calls may not", async () => {
    expect(await answersOf(scopedTo("north"), "north")).toEqual(ALL);
    const open = { call: "project_required", viewCall: "project_required" };
    expect(await answersOf(scopedTo("north", "south"))).toEqual({ ...ALL, ...open });
    const elsewhere = await answersOf(scopedTo("north"), "south", ada("admin"));
    expect(elsewhere).toEqual(refused("plugin_out_of_scope"));
  });

  it("is not told for a project that the caller is not in", async () =>
    expect(await codeOf(answersOf({}, "south"))).toBe("project_not_found"));
});

describe("metrics of plugins that a view shows", () => {
  const shownTo = async (principal: Principal, situation: Situation, project?: string) => {
    const { views } = await openSurfaces(situation);
    const answer = await views.handle(principal, "org", ID, {
      method: "metrics.plugins",
      args: {},
      attachment: new Uint8Array(),
      ...(project !== undefined && { project }),
      signal: new AbortController().signal,
    });
    if (answer.kind !== "value") throw new Error("The metrics are one value.");
    return (answer.value as PluginMetricsDto[]).map(({ plugin }) => plugin);
  };

  it("tell of those that whoever looks may know of", async () => {
    expect(await shownTo(ada(), {})).toEqual([ID]);
    expect(await shownTo(ada(), scopedTo("north"), "north")).toEqual([ID]);
  });

  it("leave out what is hidden from them, whatever the plugin itself may read", async () => {
    const { database } = partsOf(scopedTo("south"));
    const metrics = metricsDomain(database, new CallMetrics(new Date()), WORLD)["metrics.plugins"];
    const call = { spec: { organizationId: "org" } } as Parameters<NonNullable<typeof metrics>>[0];
    const told = async (over: object) => (await metrics?.({ ...call, ...over }))?.value;
    expect(await told({ by: { projects: new Set(["north"]) } })).toEqual([]);
    expect(await told({ by: { projects: "all" } })).toEqual([expect.objectContaining({ plugin: ID })]);
  });
});
