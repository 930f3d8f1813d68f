import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type FollowOptions, PatchbayClient } from "@patchbay/api-client";

import { type ActivityDto, PatchbayError } from "@patchbay/protocol";
import { startPostgresServer } from "@patchbay/storage-postgres/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { MAX_FOLLOWED_STREAMS_PER_PERSON } from "../apps/server/src/http/limits.ts";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { type Person, signedUp } from "./support/people.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const ORG = "/api/orgs/default";

const codeOf = (error: unknown): string => (error instanceof PatchbayError ? error.code : String(error));

describe("the stream of changes, with two nodes on one database", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let postgresFolder: typeof folder;
  let postgres: Awaited<ReturnType<typeof startPostgresServer>>;
  let nodes: TestServer[] = [];
  let here: PatchbayClient;
  let there: PatchbayClient;
  let owner: Api;
  let member: Person;
  let memberKey: string;
  let memberId: string;
  let closing = new AbortController();

  beforeAll(async () => {
    folder = await temporaryFolder();
    postgresFolder = await temporaryFolder();
    postgres = await startPostgresServer({ dir: postgresFolder.path });
    const environment = {
      PATCHBAY_DATABASE_URL: postgres.url,
      PATCHBAY_SECRET_KEY: randomBytes(32).toString("base64"),
    };
    for (const name of ["one", "two"])
      nodes.push(await startServer({ dataDir: `${folder.path}/${name}`, environment }));
    const [one, two] = nodes.map(({ url }) => url) as [string, string];
    here = new PatchbayClient({ url: one, apiKey: BOOTSTRAP_KEY });
    there = new PatchbayClient({ url: two, apiKey: BOOTSTRAP_KEY });
    owner = new Api(one);
    member = await signedUp(one, "mia@example.org", { organization: "default", role: "member" });
    memberId = (await member.get("/api/me")).body.user.id;
    await here.organizations.createProject({ slug: "secret", name: "Secret" });
    await here.organizations.createProject({ slug: "web", name: "Web" });
    const rights = ["org.plugins.read"];
    const key = await member.post("/api/api-keys", { organization: "default", name: "k", rights });
    memberKey = key.body.token;
    await owner.upload(`${ORG}/uploads`, await plugin("acme.one"));
  });
  afterEach(() => {
    closing.abort();
    closing = new AbortController();
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    nodes = [];
    await postgres?.stop();
    await folder?.remove();
    await postgresFolder?.remove();
  });

  const plugin = (id: string) =>
    makePackage({
      id,
      code: "export default {};",
      manifest: {
        permissions: { optional: ["storage.scoped"] },
        settings: { type: "object", properties: { units: { type: "string" } } },
      },
    });

  /** All that is heard, from the moment that the stream is open. */
  const listen = async (client: PatchbayClient, options: FollowOptions = {}) => {
    const heard: ActivityDto[] = [];
    const open = Promise.withResolvers<void>();
    const stream = client.activity.follow({
      signal: closing.signal,
      ...options,
      onState: (state) => (state === "open" ? open.resolve() : undefined),
    });
    const ended = (async () => {
      for await (const change of stream) heard.push(change);
    })().catch((error: PatchbayError) => error.code);
    await Promise.race([open.promise, ended]);
    return { heard, ended };
  };
  const has = (heard: readonly ActivityDto[]) => expect.poll(() => heard, { timeout: 10_000 });

  it("tells on every node what changed, and where", async () => {
    const { heard } = await listen(there);
    await here.plugins.install({ plugin: "acme.one" });
    await has(heard).toContainEqual({ kind: "installation", plugin: "acme.one" });
    await here.plugins.putSettings("acme.one", { units: "metric" }, "web");
    await has(heard).toContainEqual({ kind: "settings", plugin: "acme.one", project: "web" });
    await here.plugins.putGrants("acme.one", ["storage.scoped"]);
    await has(heard).toContainEqual({ kind: "grants", plugin: "acme.one" });
    await here.plugins.putScope("acme.one", { projects: ["web"] });
    await has(heard).toContainEqual({ kind: "scope", plugin: "acme.one" });
    await owner.upload(`${ORG}/uploads`, await plugin("acme.two"));
    await has(heard).toContainEqual({ kind: "catalog", plugin: "acme.two" });
    await here.organizations.createProject({ slug: "new", name: "New" });
    await has(heard).toContainEqual({ kind: "projects", project: "new" });
    const { id } = await here.organizations.createApiKey({ name: "x", rights: ["org.plugins.read"] });
    await has(heard).toContainEqual({ kind: "keys" });
    await here.organizations.deleteApiKey(id);
    await signedUp(nodes[0]?.url ?? "", "new@example.org", { organization: "default", role: "viewer" });
    await has(heard).toContainEqual({ kind: "members" });
    await here.plugins.uninstall("acme.one", { disable: true });
    expect(heard.filter(({ kind }) => kind === "everything")).toEqual([]);
  });

  it("tells nobody of what they may not see", async () => {
    const mine = await listen(there);
    const theirs = await listen(new PatchbayClient({ url: nodes[1]?.url ?? "", apiKey: memberKey }));
    await here.plugins.install({ plugin: "acme.one", scope: { projects: ["secret"] } });
    await here.plugins.putSettings("acme.one", { units: "metric" });
    await here.organizations.createProject({ slug: "hidden", name: "Hidden" });
    await here.organizations.createApiKey({ name: "y", rights: ["org.plugins.read"] });
    await has(mine.heard).toContainEqual({ kind: "keys" });
    await here.plugins.putScope("acme.one", { projects: "all" });
    await has(theirs.heard).toContainEqual({ kind: "installation", plugin: "acme.one" });
    expect(theirs.heard.filter(({ plugin }) => plugin === undefined)).toEqual([]);
    expect(theirs.heard.filter(({ kind }) => kind !== "installation" && kind !== "scope")).toEqual([]);
    await here.plugins.uninstall("acme.one", { disable: true });
    await has(theirs.heard).toContainEqual({ kind: "installation" });
  });

  it("ends when the person loses access, and is refused to those who have none", async () => {
    const reader = new PatchbayClient({ url: nodes[1]?.url ?? "", apiKey: memberKey });
    const { ended } = await listen(reader);
    await here.organizations.removeMember(memberId);
    expect(await ended).toBe("forbidden");
    expect(await (await listen(reader)).ended).toBe("forbidden");
    expect(await (await listen(here.in("nowhere"))).ended).toBe("organization_not_found");
    await here.organizations.setMember({ email: member.email, role: "member" });
    // The other node hears of it a moment later.
    await expect.poll(() => reader.plugins.list().then(() => "read", codeOf)).toBe("read");
    const again = await listen(reader);
    const keys = await here.organizations.apiKeys();
    await here.organizations.deleteApiKey(keys.find(({ name }) => name === "k")?.id ?? "");
    expect(await again.ended).toBe("unauthenticated");
  });

  it("is open so many times for one person, and free again when they go", async () => {
    const once = { reconnect: false };
    const streams = [];
    for (let count = 0; count < MAX_FOLLOWED_STREAMS_PER_PERSON; count += 1)
      streams.push(await listen(here, once));
    expect(await (await listen(here, once)).ended).toBe("rate_limited");
    const elsewhere = await listen(there, once);
    await delay(50);
    expect(elsewhere.heard).toEqual([]);
    closing.abort();
    await Promise.all(streams.map(({ ended }) => ended));
    closing = new AbortController();
    await expect
      .poll(async () => {
        const { ended } = await listen(here, once);
        return await Promise.race([ended, delay(100, "open")]);
      })
      .toBe("open");
  });
});
