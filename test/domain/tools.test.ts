import type { Installation, PluginAnswer } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { running, type TestPlugin } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
});

/**
 * A plugin whose tool does what each step of the way says: the first one it does itself, the rest it has the named tool do. What fails
 * is told to its caller as it is.
 */
const WAY = `async ({ way = [], does = "answer" }, { api, project, signal }) => {
  const [next, ...rest] = way;
  if (next !== undefined) return await api.tools.invoke(next, { way: rest, does });
  if (does === "list") return (await api.tools.list()).map(({ id }) => id);
  if (does === "count") return (async function* () { for (let n = 0; n < 3; n++) yield n; })();
  if (does === "large") return (async function* () { for (;;) yield "x".repeat(1_000_000); })();
  if (does === "heavy") return (async function* () { for (let n = 0; n < 10; n++) yield Array.from({ length: 100_000 }, () => []); })();
  if (does === "long") return "x".repeat(9_000_000);
  if (does === "tick") return (async function* () { for (;;) { yield 0; await new Promise((go) => setTimeout(go, 20)); } })();
  if (does === "follow") return (async function* () { yield* api.tools.stream("acme.last/run", { does: "tick" }); })();
  if (does === "wait") {
    globalThis.waiting = (globalThis.waiting ?? 0) + 1;
    try { await new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason))); }
    finally { globalThis.waiting -= 1; }
  }
  if (does === "note") return (await api.conversations.create({ scope: "person" })).scope;
  if (does === "fail") throw new Error("That is broken.");
  if (does === "waiting") return globalThis.waiting ?? 0;
  if (does === "stream") {
    const values = [];
    for await (const value of api.tools.stream("acme.last/run", { does: "count" })) values.push(value);
    return values;
  }
  return { project: project ?? null };
}`;

const plugin = (id: string, ids?: string[]): TestPlugin =>
  running(id, WAY, {
    manifest: {
      permissions: { optional: [{ name: "tools.invoke", ids: ids ?? ["*"] }, "storage.conversations"] },
    },
  });
const install = async (
  one: TestPlugin,
  more: { readonly projects?: readonly string[]; readonly grants?: readonly object[] } = {},
): Promise<Installation> =>
  await organization.install(one, {
    grants: (more.grants ?? one.manifest.permissions?.optional ?? []) as never,
    ...(more.projects && { scope: { projects: more.projects } }),
  });
const call = async (
  id: string,
  input: { readonly way?: readonly string[]; readonly does?: string },
  more: { readonly project?: string; readonly signal?: AbortSignal } = {},
): Promise<PluginAnswer> =>
  await domain.gateway.call(
    { principal: organization.owner, organization: organization.slug },
    { kind: "tools", plugin: id, name: "run", input, ...more },
  );
const answerTo = async (...asked: Parameters<typeof call>): Promise<unknown> => {
  const answer = await call(...asked);
  return answer.kind === "value" ? answer.value : answer;
};
const failureOf = async (...asked: Parameters<typeof call>) =>
  await call(...asked).then(
    () => expect.fail("It answered."),
    (error) => error,
  );
const run = (id: string) => `${id}/run`;

describe("a plugin that was granted tools.invoke", () => {
  it("finds the tools that it may invoke, and has them do what it asks for", async () => {
    await install(plugin("acme.first"));
    await install(plugin("acme.last"));
    expect(await answerTo("acme.first", { does: "list" })).toEqual(["acme.last/run"]);
    expect(await answerTo("acme.first", { way: ["acme.last/run"] })).toEqual({ project: null });
    expect(await answerTo("acme.first", { does: "stream" })).toEqual([0, 1, 2]);
    expect(await answerTo("acme.first", { way: ["acme.last/run"], does: "count" })).toEqual([0, 1, 2]);
  });

  it("reaches what the grant names, and nothing without one", async () => {
    await install(plugin("acme.first", ["acme.last/*"]));
    await install(plugin("acme.none"), { grants: [] });
    for (const id of ["acme.last", "acme.other"]) await install(plugin(id));
    expect(await answerTo("acme.first", { does: "list" })).toEqual(["acme.last/run"]);
    expect(await failureOf("acme.first", { way: ["acme.other/run"] })).toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining('may not invoke "acme.other/run"'),
    });
    for (const does of ["list", "stream"])
      expect((await failureOf("acme.none", { does })).message).toContain("tools.invoke");
    expect((await failureOf("acme.first", { way: ["acme.first/run"] })).message).toContain("its own tool");
    expect((await failureOf("acme.first", { way: ["acme.last/none"] })).message).toContain('no tool "none"');
  });

  it("is refused a plugin that the call has come through, with the way, and more than eight", async () => {
    const ids = Array.from({ length: 9 }, (_, place) => `acme.p${place}`);
    for (const id of ids) await install(plugin(id));
    const [first = "", second = ""] = ids;
    expect((await failureOf(first, { way: [run(second), run(first)] })).message).toContain(
      "acme.p0/run → acme.p1/run → acme.p0/run",
    );
    const rest = ids.slice(1).map(run);
    expect(await answerTo(first, { way: rest.slice(0, 7) })).toEqual({ project: null });
    expect((await failureOf(first, { way: rest })).message).toContain("more than 8");
  });

  it("invokes for the project of its own call, and never outside of it", async () => {
    await install(plugin("acme.first"));
    await install(plugin("acme.last"), { projects: ["web"] });
    const asked = { way: ["acme.last/run"] };
    expect(await answerTo("acme.first", asked, { project: "web" })).toEqual({ project: "web" });
    expect((await failureOf("acme.first", asked, { project: "app" })).message).toContain("does not apply");
    expect((await failureOf("acme.first", asked)).message).toContain("certain projects only");
    expect(await answerTo("acme.first", { does: "list" }, { project: "app" })).toEqual([]);
  });

  it("of certain projects sees nothing of the others", async () => {
    await install(plugin("acme.first"), { projects: ["web"] });
    await install(plugin("acme.last"), { projects: ["app"] });
    const failed = await failureOf("acme.first", { way: ["acme.last/run"] }, { project: "web" });
    expect(failed.message).toContain("is not installed");
  });

  it("ends what it has invoked when its own call is given up, through all of a chain", async () => {
    for (const id of ["acme.first", "acme.middle", "acme.last"]) await install(plugin(id));
    const stop = new AbortController();
    const way = ["acme.middle/run", "acme.last/run"];
    const failed = failureOf("acme.first", { way, does: "wait" }, { signal: stop.signal });
    await expect.poll(() => answerTo("acme.last", { does: "waiting" })).toBe(1);
    const since = performance.now();
    stop.abort();
    expect(await failed).toMatchObject({ code: "cancelled" });
    await expect.poll(() => answerTo("acme.last", { does: "waiting" }), { interval: 5 }).toBe(0);
    expect(performance.now() - since).toBeLessThan(1_000);
  });

  it("loses a stream that its grant does not reach any more", async () => {
    const ids = ["acme.last/*", "acme.other/*"];
    await install(plugin("acme.first", ids));
    await install(plugin("acme.last"));
    const answer = await call("acme.first", { does: "follow" });
    const follow = async () => {
      for await (const _ of answer.kind === "stream" ? answer.values : []) {
        const grants = [{ name: "tools.invoke", ids: ids.slice(1) }] as const;
        await domain.configuration.putGrants(organization.owner, organization.slug, "acme.first", grants);
      }
    };
    await expect(follow()).rejects.toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining('may not invoke "acme.last/run"'),
    });
  });

  it("acts for the person who has begun the chain", async () => {
    for (const id of ["acme.first", "acme.middle", "acme.last"]) await install(plugin(id));
    const way = ["acme.middle/run", "acme.last/run"];
    expect(await answerTo("acme.first", { way, does: "note" })).toBe("person");
  });

  it("hears what the tool failed with, and that an answer is too large", async () => {
    for (const id of ["acme.first", "acme.last"]) await install(plugin(id));
    const failed = await failureOf("acme.first", { way: ["acme.last/run"], does: "fail" });
    expect(failed.message).toContain("That is broken.");
    const large = await failureOf("acme.first", { way: ["acme.last/run"], does: "large" });
    expect(large).toMatchObject({
      code: "answer_too_large",
      message: expect.stringContaining("8388608 bytes"),
    });
    for (const does of ["heavy", "long"])
      expect((await failureOf("acme.first", { way: ["acme.last/run"], does })).code).toBe("answer_too_large");
  });
});
