import {
  type CallFiles,
  type FilePiece,
  InvocationGateway,
  type LoggedCall,
  type Principal,
  type ServerCode,
} from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, MAX_FILE_BYTES, openDomain, TestOrganization } from "./support/domain.ts";
import { running, type TestPlugin } from "./support/plugins.ts";

let domain: Domain;
let gateway: InvocationGateway;
let organization: TestOrganization;
let owner: Principal;
const finished: LoggedCall[] = [];

beforeAll(async () => {
  domain = await openDomain();
  const { directory, runtime, blocks } = domain;
  const keepsContent = () => false;
  gateway = new InvocationGateway(
    { directory, runtime, blocks, maxFileBytes: MAX_FILE_BYTES, keepsContent },
    (call) => finished.push(call),
  );
  organization = await TestOrganization.create(domain);
  ({ owner } = organization);
});
afterAll(() => domain.close());
beforeEach(() => void finished.splice(0));

const call = (plugin: string, more: object = {}, by = owner) =>
  gateway.call(
    { principal: by, organization: organization.slug },
    { kind: "tools", plugin, name: "run", input: {}, ...more },
  );
const codes = () => finished.map(({ code }) => code);
const on = (plugin: TestPlugin, more: object = {}) => organization.install(plugin, more);
const textOf = async (values: AsyncIterable<unknown>) => (await Array.fromAsync(values)).join(" ");

/** Files of so many bytes, of which `sizes` are told beforehand. */
const filesOf = (bytes: number, told: number | undefined, ended?: () => void): CallFiles => ({
  heads: [{ name: "file", type: "text/plain", ...(told !== undefined && { size: told }) }] as never,
  pieces: (async function* (): AsyncGenerator<FilePiece> {
    try {
      for (let left = bytes; left > 0; left -= 100)
        yield { bytes: new Uint8Array(Math.min(left, 100)), ends: left <= 100 };
    } finally {
      ended?.();
    }
  })(),
});

describe("a call into a plugin", () => {
  it("comes back with what the tool answers, and is counted once", async () => {
    await on(running("call.echo", "(input) => ({ ...input, answered: true })"));
    expect(await call("call.echo", { input: { a: 1 } })).toEqual({
      kind: "value",
      value: { a: 1, answered: true },
    });
    expect(finished).toEqual([
      expect.objectContaining({ pluginId: "call.echo", durationMs: expect.any(Number), code: null }),
    ]);
  });

  it("that fails is counted with how it failed", async () => {
    await on(running("call.throws", `() => { throw new Error("no such town"); }`));
    expect(await codeOf(call("call.throws"))).toBe("plugin_error");
    expect(codes()).toEqual(["plugin_error"]);
  });

  it("that is not let in is none: it is not counted", async () => {
    await on(running("call.guarded", "() => 1"));
    const viewer = await organization.join("viewer");
    expect(await codeOf(call("call.guarded", {}, viewer))).toBe("forbidden");
    expect(await codeOf(call("call.guarded", { name: "other" }))).toBe("tool_not_found");
    expect(await codeOf(call("call.nothing"))).toBe("plugin_not_installed");
    expect(codes()).toEqual([]);
  });

  it("that streams is one call, which ends with its last value", async () => {
    await on(running("call.streams", "async function* () { yield 1; yield 2; }"));
    const answer = await call("call.streams");
    if (answer.kind !== "stream") throw new Error("It is a stream.");
    expect(codes()).toEqual([]);
    expect(await textOf(answer.values)).toBe("1 2");
    expect(codes()).toEqual([null]);
  });

  it("that streams is counted with how it ended: as cancelled when its reader leaves, or as it failed", async () => {
    await on(
      running(
        "call.breaks",
        `async function* ({ fails }) { yield 1; if (fails) throw new Error("torn"); yield 2; }`,
      ),
    );
    const left = await call("call.breaks", { input: { fails: false } });
    if (left.kind !== "stream") throw new Error("It is a stream.");
    for await (const _ of left.values) break;
    expect(codes()).toEqual(["cancelled"]);
    const torn = await call("call.breaks", { input: { fails: true } });
    if (torn.kind !== "stream") throw new Error("It is a stream.");
    expect(await codeOf(textOf(torn.values))).toBe("plugin_error");
    expect(codes()).toEqual(["cancelled", "plugin_error"]);
  });

  it("that is given up by its caller is cancelled", async () => {
    await on(running("call.waits", "() => new Promise(() => undefined)"));
    const giving = new AbortController();
    const asked = codeOf(call("call.waits", { signal: giving.signal }));
    await expect
      .poll(() => domain.runtime.instances().some(({ callsInFlight }) => callsInFlight > 0))
      .toBe(true);
    giving.abort();
    expect(await asked).toBe("cancelled");
    expect(codes()).toEqual(["cancelled"]);
  });

  it("reaches the version in force, and none any more when the plugin is switched off", async () => {
    await on(running("call.changes", "() => 'one'"));
    await organization.bring(running("call.changes", "() => 'two'", { version: "2.0.0" }));
    expect(await call("call.changes")).toMatchObject({ value: "one" });
    await domain.versions.update(owner, organization.slug, "call.changes", {});
    expect(await call("call.changes")).toMatchObject({ value: "two" });
    await domain.switching.disable(owner, organization.slug, "call.changes");
    expect(await codeOf(call("call.changes"))).toBe("plugin_disabled");
  });
});

describe("files of a call", () => {
  it("are refused where they are said to be too large, before the plugin hears of them", async () => {
    await on(running("call.files", "() => 1"));
    const files = filesOf(MAX_FILE_BYTES + 1, MAX_FILE_BYTES + 1);
    expect(await codeOf(call("call.files", { files }))).toBe("payload_too_large");
    expect(codes()).toEqual(["payload_too_large"]);
  });

  it("end with the same error where they turn out to be too large", async () => {
    await on(running("call.lies", "async (input, { files }) => 1"));
    const { pieces } = filesOf(MAX_FILE_BYTES + 1, undefined);
    const { boundedFiles } = await import("../../packages/core/src/running/invocation/bounded-files.ts");
    const bound = { maxBytes: MAX_FILE_BYTES, code: "payload_too_large" } as const;
    const read = Array.fromAsync(boundedFiles({ heads: [], pieces }, bound).pieces);
    expect(await codeOf(read)).toBe("payload_too_large");
  });
});

describe("a call on behalf of nobody", () => {
  const admit = (plugin: string) =>
    gateway.admitForNobody(organization.id, { kind: "tools", plugin, name: "run" });

  it("is told for which projects it is, and is let in while the plugin serves", async () => {
    await on(running("call.alone", "(input) => input"), { scope: { projects: ["web", "app"] } });
    const admitted = await admit("call.alone");
    const answer = await gateway.callForNobody(admitted, {
      kind: "tools",
      plugin: "call.alone",
      name: "run",
      input: { at: 1 },
    });
    expect(answer).toMatchObject({ value: { at: 1, projects: ["web", "app"] } });
    await domain.switching.disable(owner, organization.slug, "call.alone");
    expect(await codeOf(admit("call.alone"))).toBe("plugin_disabled");
    expect(await codeOf(admit("call.nobody"))).toBe("plugin_not_installed");
  });
});

describe("server code that calls another plugin", () => {
  const asking = async (id: string, projects?: readonly string[]) => {
    const { id: installationId, ...rest } = await on(
      running(id, "() => 1"),
      projects && { scope: { projects } },
    );
    const { organizationId, pluginId, version } = rest;
    const installation = { installationId, organizationId, pluginId, version };
    return { kind: "plugin", installation, onBehalfOf: null } as const;
  };
  const codeFor = (by: ServerCode, plugin: string, project?: string) =>
    codeOf(gateway.call(by, { kind: "tools", plugin, name: "run", input: {}, ...(project && { project }) }));

  it("reaches those of its own projects: of one that is named, and without a name those that cover all of its own", async () => {
    await on(running("own.web", "() => 1"), { scope: { projects: ["web"] } });
    await on(running("own.both", "() => 1"), { scope: { projects: ["web", "app"] } });
    await on(running("own.all", "() => 1"));
    const everywhere = await asking("own.everywhere");
    const inWeb = await asking("own.inweb", ["web"]);
    const inApp = await asking("own.inapp", ["app"]);
    for (const by of [everywhere, inWeb, inApp]) expect(await codeFor(by, "own.all")).toBeNull();
    expect(await codeFor(everywhere, "own.web")).toBe("project_required");
    expect(await codeFor(everywhere, "own.web", "web")).toBeNull();
    expect(await codeFor(everywhere, "own.web", "app")).toBe("plugin_out_of_scope");
    expect([await codeFor(inWeb, "own.web"), await codeFor(inWeb, "own.both")]).toEqual([null, null]);
    expect(await codeFor(inWeb, "own.both", "app")).toBe("project_not_found");
    expect(await codeFor(inApp, "own.web")).toBe("plugin_not_installed");
    expect(await codeFor(inApp, "own.web", "web")).toBe("plugin_not_installed");
    await domain.configuration.putScope(owner, organization.slug, "own.inweb", { projects: ["app"] });
    expect(await codeFor(inWeb, "own.web")).toBe("plugin_not_installed");
  });

  it("reaches nothing of another organization, and nothing once it is gone", async () => {
    await on(running("own.here", "() => 1"));
    const by = await asking("own.leaves");
    expect(await codeFor(by, "own.here")).toBeNull();
    const elsewhere = await TestOrganization.create(domain);
    const forged = { ...by, installation: { ...by.installation, organizationId: elsewhere.id } };
    expect(await codeFor(forged, "own.here")).toBe("plugin_not_installed");
    await domain.installer.uninstall(owner, organization.slug, "own.leaves", { disable: true });
    expect(await codeFor(by, "own.here")).toBe("plugin_not_installed");
    await asking("own.leaves2");
    expect(await codeFor(by, "own.here")).toBe("plugin_not_installed");
  });
});

describe("a call that is under way", () => {
  it("may go on while the plugin is being switched off, and not when its caller is shut out", async () => {
    const member = await organization.join("member", { web: "member" });
    await on(running("call.long", "() => 1"), { scope: { projects: ["web"] } });
    const reach = (who: Principal) =>
      codeOf(gateway.requireReach({ principal: who, organization: organization.slug }, "call.long", "web"));
    await domain.switching.disable(owner, organization.slug, "call.long");
    expect(await reach(member)).toBeNull();
    await domain.configuration.putScope(owner, organization.slug, "call.long", { projects: ["app"] });
    expect(await reach(member)).toBe("plugin_not_installed");
    expect(await reach(owner)).toBe("plugin_out_of_scope");
    await domain.organizations.removeMember(owner, organization.slug, member.user.id);
    expect(await reach(await organization.again(member))).not.toBeNull();
  });
});
