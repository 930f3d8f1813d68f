import { ArtifactCollection, type CallQuery, type Principal, Retention } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { providing, running, type TestPlugin } from "./support/plugins.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

let domain: Domain;
let organization: TestOrganization;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
});

/** Does the first step of the way itself, and has the named tools do the rest. */
const WAY = `async ({ way = [], fail }, { api, trace }) => {
  const [next, ...rest] = way;
  if (next !== undefined) return await api.tools.invoke(next, { way: rest, fail });
  if (fail) throw new Error("That is broken.");
  return { trace: trace ?? null };
}`;

const asking = (id: string, more: { readonly input?: object; readonly run?: string } = {}): TestPlugin =>
  running(id, more.run ?? WAY, {
    manifest: {
      permissions: { optional: [{ name: "tools.invoke", ids: ["*"] }] },
      ...(more.input && {
        contributes: { tools: [{ name: "run", description: "Runs.", input: more.input }] } as never,
      }),
    },
  });
const install = (plugin: TestPlugin, projects?: readonly string[]) =>
  organization.install(plugin, {
    grants: ["tools.invoke"],
    ...(projects && { scope: { projects } }),
  });
const call = (plugin: string, input: object = {}, more: object = {}, by: Principal = organization.owner) =>
  domain.gateway.call(
    { principal: by, organization: organization.slug },
    { kind: "tools", plugin, name: "run", input, surface: "api", ...more },
  );
const calls = async (query: Partial<CallQuery> = {}, by: Principal = organization.owner) => {
  await domain.writeCalls();
  return (await domain.callLog.list(by, organization.slug, { limit: 100, ...query })).items;
};
const plugins = async (...asked: Parameters<typeof calls>) =>
  (await calls(...asked)).map(({ pluginId }) => pluginId).toSorted();
const find = async (id: string, by: Principal = organization.owner) =>
  await domain.callLog.find(by, organization.slug, id);
/** What is removed by itself, by so many days from now. */
const removeOld = async (days: number) => {
  const { database, artifacts, world } = domain;
  const now = () => new Date(Date.now() + days * DAY_MS);
  await new Retention(database, new ArtifactCollection(database, artifacts, world), { ...world, now }).run();
};
const decide = async (policy: object) => {
  await domain.policies.put(await organization.again(organization.owner), organization.slug, policy);
};

describe("the log of calls", () => {
  it("has who called what, when, through what, and how it ended", async () => {
    const { id } = await install(asking("log.one"));
    await call("log.one", {}, { project: "web" });
    expect(await codeOf(call("log.one", { fail: true }))).toBe("plugin_error");
    const [failed, answered] = await calls();
    expect(answered).toMatchObject({
      installationId: id,
      pluginId: "log.one",
      version: "1.0.0",
      kind: "tools",
      name: "run",
      project: "web",
      userId: organization.owner.user.id,
      userName: organization.owner.user.name,
      apiKeyId: null,
      caller: null,
      surface: "api",
      parentId: null,
      code: null,
    });
    expect(answered?.chainId).toBe(answered?.id);
    expect(answered?.inputBytes).toBeGreaterThan(0);
    expect(answered?.outputBytes).toBeGreaterThan(0);
    expect(failed).toMatchObject({ code: "plugin_error", project: null });
    expect(await find(failed?.id ?? "")).toMatchObject({
      input: null,
      output: null,
      calls: [{ id: failed?.id }],
    });
  });

  it("names the key by which somebody has called", async () => {
    await install(asking("log.key"));
    const key = await organization.keyOf(organization.owner, ["org.plugins.use"]);
    await call("log.key", {}, {}, key);
    expect((await calls())[0]).toMatchObject({ apiKeyId: key.key?.id, apiKeyName: "key" });
    expect(await calls({ apiKey: "another" })).toEqual([]);
  });

  it("has a chain with each call under the one that made it, and the whole trace of its caller", async () => {
    for (const id of ["chain.a", "chain.b", "chain.c"]) await install(asking(id));
    const trace = { id: "4bf92f3577b34da6a3ce929d0e0e4736", flags: "01" };
    const answer = await call("chain.a", { way: ["chain.b/run", "chain.c/run"] }, { trace });
    await call("chain.c");
    const [last] = await calls({ plugin: "chain.c", ended: "answered", until: new Date(Date.now() + 1) });
    expect(last?.traceId).toBeNull();
    const [c] = (await calls({ plugin: "chain.c" })).filter(({ parentId }) => parentId !== null);
    const { calls: chain } = await find(c?.id ?? "");
    const [a, b] = chain;
    expect(chain.map(({ pluginId, parentId, caller }) => ({ pluginId, parentId, caller }))).toEqual([
      { pluginId: "chain.a", parentId: null, caller: null },
      { pluginId: "chain.b", parentId: a?.id, caller: "chain.a" },
      { pluginId: "chain.c", parentId: b?.id, caller: "chain.b" },
    ]);
    for (const one of chain)
      expect(one).toMatchObject({ traceId: trace.id, surface: "api", userId: organization.owner.user.id });
    expect(chain[2]?.path).toEqual(["chain.a/run", "chain.b/run", "chain.c/run"]);
    expect(answer).toMatchObject({
      value: { trace: expect.stringMatching(`^00-${trace.id}-[0-9a-f]{16}-01$`) },
    });
    expect(await plugins({ chain: a?.id ?? "" })).toEqual(["chain.a", "chain.b", "chain.c"]);
  });

  it("has a chain that would go round as far as it came, with how it ended", async () => {
    for (const id of ["round.a", "round.b"]) await install(asking(id));
    const around = call("round.a", { way: ["round.b/run", "round.a/run"] });
    expect(await around.catch((error) => error)).toMatchObject({
      code: "call_loop",
      message: expect.stringContaining("round.a/run → round.b/run → round.a/run"),
    });
    const lines = (await calls()).toReversed();
    const [a] = lines;
    expect(lines.map(({ pluginId, parentId, code }) => ({ pluginId, parentId, code }))).toEqual([
      { pluginId: "round.a", parentId: null, code: "call_loop" },
      { pluginId: "round.b", parentId: a?.id, code: "call_loop" },
    ]);
  });

  it("has a chain for a project, which reaches nothing outside of it", async () => {
    await install(asking("reach.a"));
    await install(asking("reach.web"), ["web"]);
    await install(asking("reach.app"), ["app"]);
    const way = ["reach.web/run", "reach.app/run"];
    const outside = call("reach.a", { way }, { project: "web" });
    expect((await outside.catch((error) => error)).message).toContain("not installed");
    const without = await call("reach.a", { way: ["reach.web/run"] }).catch((error) => error);
    expect(without.message).toMatch(/asked for none. Whoever calls "reach.a" has to name one/);
    const { organizationId } = await organization.install(asking("reach.other"));
    expect(organizationId).toBe(organization.id);
    const lines = await calls({ project: "web" });
    const root = lines.find(({ parentId }) => parentId === null);
    expect(lines.map(({ pluginId, parentId, project }) => [pluginId, parentId, project])).toEqual([
      ["reach.web", root?.id, "web"],
      ["reach.a", null, "web"],
    ]);
    expect(await plugins({ plugin: "reach.app" })).toEqual([]);
  });

  it("has what a plugin asks of a model below the call that asks, on behalf of who began it", async () => {
    const echo = `{
      list: () => [{ name: "x", kind: "chat" }],
      async *chat() { yield { type: "text", text: "Yes." }; yield { type: "finish", reason: "stop" }; },
    }`;
    await organization.install(providing("log.model", "echo", echo, { run: "() => null" }));
    const ask = `async (_input, { api }) => (await api.chat.sendMessage({
      model: "echo/x", messages: [{ role: "user", parts: [{ type: "text", text: "Is it?" }] }],
    })).parts`;
    const permissions = { optional: ["chat.inference" as const] };
    await organization.install(running("log.asks", ask, { manifest: { permissions } }), {
      grants: ["chat.inference"],
    });
    const member = await organization.join("member");
    await call("log.asks", {}, {}, member);
    const [asks] = await calls({ plugin: "log.asks" });
    expect(await calls({ kind: "models", chain: asks?.id ?? "" })).toMatchObject([
      { pluginId: "log.model", name: "echo", caller: "log.asks", userId: member.user.id, parentId: asks?.id },
    ]);
  });

  it("is read in pages, each call once, the newest first", async () => {
    await install(asking("log.pages"));
    for (let n = 0; n < 5; n++) await call("log.pages");
    const all = (await calls()).map(({ id }) => id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 2, ...(cursor !== undefined && { cursor }) };
      const page = await domain.callLog.list(organization.owner, organization.slug, query);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(all);
    expect(seen).toHaveLength(5);
    expect(await codeOf(calls({ cursor: "bm90IG9uZQ" }))).toBe("invalid_request");
  });

  it("is narrowed by what was called, for which project and how it ended", async () => {
    await install(asking("log.good"));
    await install(asking("log.bad"));
    await call("log.good", {}, { project: "web" });
    await codeOf(call("log.bad", { fail: true }));
    expect(await plugins({ plugin: "log.good" })).toEqual(["log.good"]);
    expect(await plugins({ kind: "models" })).toEqual([]);
    expect(await plugins({ name: "other" })).toEqual([]);
    expect(await plugins({ project: "web" })).toEqual(["log.good"]);
    expect(await plugins({ ended: "failed" })).toEqual(["log.bad"]);
    expect(await plugins({ ended: "plugin_error" })).toEqual(["log.bad"]);
    expect(await plugins({ ended: "answered" })).toEqual(["log.good"]);
    expect(await plugins({ until: new Date(0) })).toEqual([]);
    expect(await plugins({ person: organization.owner.user.id })).toEqual(["log.bad", "log.good"]);
  });
});

describe("who reads the log of calls", () => {
  it("is everybody for their own, managers for their projects, administrators for all", async () => {
    await install(asking("read.all"));
    const member = await organization.join("member", { web: "member" });
    const manager = await organization.join("member", { web: "manager" });
    const other = await organization.join("member", { app: "manager" });
    const viewer = await organization.join("viewer");
    await call("read.all", {}, { project: "web" }, member);
    await call("read.all", {}, {}, member);
    expect(await calls()).toHaveLength(2);
    expect(await calls({}, member)).toHaveLength(2);
    expect(await calls({}, manager)).toMatchObject([{ project: "web" }]);
    expect(await calls({}, other)).toEqual([]);
    expect(await codeOf(calls({}, viewer))).toBe("forbidden");
    const [, without] = (await calls()).toSorted((one) => (one.project === "web" ? -1 : 1));
    expect(await codeOf(find(without?.id ?? "", manager))).toBe("call_not_found");
    const narrow = await organization.keyOf(organization.owner, ["org.plugins.use"]);
    expect(await calls({}, narrow)).toEqual([]);
    const auditing = await organization.keyOf(organization.owner, ["org.audit.read"]);
    expect(await calls({}, auditing)).toHaveLength(2);
    const reading = await organization.keyOf(organization.owner, ["org.plugins.read"]);
    expect(await codeOf(calls({}, reading))).toBe("forbidden");
    const stranger = await (await TestOrganization.create(domain)).join("admin");
    expect(await codeOf(calls({}, stranger))).toBe("organization_not_found");
  });

  it("does not hear of plugins and projects that are hidden", async () => {
    await install(asking("hide.first"));
    await install(asking("hide.web"), ["web"]);
    await install(asking("hide.last"));
    const member = await organization.join("member", { web: "member" });
    await call("hide.first", { way: ["hide.web/run", "hide.last/run"] }, { project: "web" }, member);
    await call("hide.first", { way: ["hide.last/run"] }, {}, member);
    expect(await plugins({}, member)).toHaveLength(5);
    const [web] = await calls({ plugin: "hide.web" });
    const { database } = domain;
    const project = await database.organizations.findProject(organization.id, "web");
    await database.organizations.removeProjectMember(organization.id, project?.id ?? "", member.user.id);
    const left = await organization.again(member);
    expect(await plugins({}, left)).toEqual(["hide.first", "hide.last"]);
    expect(await codeOf(find(web?.id ?? "", left))).toBe("call_not_found");
  });

  it("is told of a chain only what they may read, without the names of hidden plugins", async () => {
    await install(asking("mask.web"), ["web"]);
    await install(asking("mask.last"));
    const manager = await organization.join("member", { web: "manager" });
    await call("mask.web", { way: ["mask.last/run"] }, { project: "web" }, manager);
    expect((await calls({ plugin: "mask.last" }, manager))[0]).toMatchObject({
      caller: "mask.web",
      path: ["mask.web/run", "mask.last/run"],
    });
    const { organizations } = domain.database;
    const app = await organizations.findProject(organization.id, "app");
    await organizations.setProjectMember(organization.id, app?.id ?? "", manager.user.id, "member");
    await domain.configuration.putScope(organization.owner, organization.slug, "mask.web", {
      projects: ["default"],
    });
    const [last] = await calls({}, manager);
    expect(last).toMatchObject({ pluginId: "mask.last", caller: null, path: ["hidden", "mask.last/run"] });
    expect((await find(last?.id ?? "", manager)).calls.map(({ pluginId }) => pluginId)).toEqual([
      "mask.last",
    ]);
  });
});

describe("what is kept of calls", () => {
  const SECRETS = {
    type: "object",
    properties: {
      town: { type: "string" },
      password: { type: "string", format: "secret" },
      photo: { type: "string", contentEncoding: "base64", contentMediaType: "image/png" },
    },
  };

  it("is what the policy says: input and output only of the plugins that it names, without secrets and files", async () => {
    await install(asking("keep.one", { input: SECRETS, run: "(input) => ({ heard: input.town })" }));
    await decide({ callContent: ["keep.*"] });
    await call("keep.one", { town: "Oslo", password: "hunter2", photo: "aGVsbG8=" });
    const [line] = await calls();
    const { input, output } = await find(line?.id ?? "");
    expect(JSON.parse(input?.json ?? "")).toEqual({ town: "Oslo", password: "[secret]", photo: "[file]" });
    expect(output).toEqual({ json: '{"heard":"Oslo"}', isCut: false });
    await decide({ callContent: ["other.*"] });
    await call("keep.one", { town: "Bergen" });
    const [later] = await calls();
    expect(await find(later?.id ?? "")).toMatchObject({ input: null, output: null });
  });

  it("has of a stream its values, and of anything long the beginning", async () => {
    await install(
      asking("keep.stream", {
        run: "async function* ({ count }) { for (let n = 0; n < count; n++) yield n; }",
      }),
    );
    await decide({ callContent: "all" });
    for (const count of [3, 10_000]) {
      const answer = await call("keep.stream", { count });
      if (answer.kind === "stream") for await (const _ of answer.values);
    }
    const [long, short] = await calls();
    expect((await find(short?.id ?? "")).output).toEqual({ json: "[0,1,2]", isCut: false });
    const { output } = await find(long?.id ?? "");
    expect(output?.isCut).toBe(true);
    expect(output?.json).toHaveLength(16 * 1024);
  });

  it("is read by others than who has called only with a line in the audit log", async () => {
    await install(asking("keep.read"));
    await decide({ callContent: "all" });
    const member = await organization.join("member");
    await call("keep.read", {}, {}, member);
    const [line] = await calls();
    const reads = async () => (await organization.history("keep.read")).filter((one) => one === "call.read");
    await find(line?.id ?? "", member);
    expect(await reads()).toEqual([]);
    await find(line?.id ?? "");
    expect(await reads()).toEqual(["call.read"]);
  });

  it("is nothing where the policy wants none, and goes with the days, the plugin and the policy", async () => {
    for (const id of ["drop.one", "drop.two"]) await install(asking(id));
    await decide({ calls: ["drop.one"] });
    for (const id of ["drop.one", "drop.two"]) await call(id);
    expect(await plugins()).toEqual(["drop.one"]);
    await decide({ callDays: 0 });
    await call("drop.one");
    expect(await plugins()).toEqual(["drop.one"]);
    await decide({ callDays: 2 });
    await removeOld(1);
    expect(await plugins()).toEqual(["drop.one"]);
    await removeOld(3);
    expect(await plugins()).toEqual([]);
    await decide({});
    for (const id of ["drop.one", "drop.two"]) await call(id);
    expect(await plugins()).toEqual(["drop.one", "drop.two"]);
    await domain.installer.uninstall(organization.owner, organization.slug, "drop.one", { disable: true });
    expect(await plugins()).toEqual(["drop.two"]);
  });
});
