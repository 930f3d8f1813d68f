import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { type Person, signedUp } from "./support/people.ts";

const POLICY = "/api/orgs/default/policy";
const PLUGINS = "/api/orgs/default/plugins";
/** Applies to the project `web` alone. */
const OWN = "debug.own";
const COMMON = "debug.common";

describe("who reads logs and instances", () => {
  let organization: TestOrganization | undefined;
  const people = new Map<string, Pick<Person, "get">>();
  beforeAll(async () => {
    organization = await startOrganization();
    const { client, owner, manager, server } = organization;
    for (const id of [OWN, COMMON]) await organization.upload({ id, code: "export default {};" });
    await client.plugins.install({ plugin: OWN, scope: { projects: ["web"] } });
    await client.plugins.install({ plugin: COMMON });
    const { url } = server;
    const member = await signedUp(url, "max@example.org", { organization: "default", role: "member" });
    const viewer = await signedUp(url, "vic@example.org", { organization: "default", role: "viewer" });
    const leader = await signedUp(url, "leo@example.org", { organization: "default", role: "viewer" });
    await client.organizations.setProjectMember("web", { email: leader.email, role: "manager" });
    const admin = await signedUp(url, "ada@example.org", { organization: "default", role: "admin" });
    await owner.put(POLICY, { debug: "everyone" });
    const keyOf = async (person: Person, rights: readonly string[]) => {
      const body = { organization: "default", name: "key", rights };
      const answer = await vi.waitFor(async () => {
        const made = await person.post("/api/api-keys", body);
        expect(made.status, JSON.stringify(made.body)).toBe(201);
        return made;
      });
      return owner.as(answer.body.token);
    };
    const debug = ["org.plugins.read", "org.plugins.debug"];
    const all = { owner, admin, member, viewer, manager, leader };
    for (const [name, person] of Object.entries(all)) people.set(name, person);
    people.set("a manager's key", await keyOf(manager, debug));
    people.set("an administrator's key without the right", await keyOf(admin, ["org.plugins.read"]));
  });
  afterAll(() => organization?.stop());

  /** Of the plugin of the project `web`, and of the one that applies everywhere: for whom each is readable. */
  it.each([
    ["nobody", [], []],
    ["administrators", ["owner", "admin"], ["owner", "admin"]],
    ["managers", ["owner", "admin", "manager", "leader", "a manager's key"], ["owner", "admin"]],
    [
      "everyone",
      ["owner", "admin", "manager", "leader", "a manager's key"],
      ["owner", "admin", "member", "manager", "a manager's key"],
    ],
  ] as const)("is told by the policy: %s", async (debug, own, common) => {
    expect((await organization?.owner.put(POLICY, { debug }))?.status).toBe(200);
    const readers = async (plugin: string, part: string) => {
      const answers = await Promise.all(
        [...people].map(async ([name, person]) => {
          const { status, body } = await person.get(`${PLUGINS}/${plugin}/${part}`);
          if (status !== 200) expect(["forbidden", "plugin_not_installed"]).toContain(body.code);
          return status === 200 ? [name] : [];
        }),
      );
      return answers.flat().sort();
    };
    for (const part of ["logs", "instances"]) {
      await expect.poll(() => readers(OWN, part), { message: part }).toEqual([...own].sort());
      await expect.poll(() => readers(COMMON, part), { message: part }).toEqual([...common].sort());
    }
    // What a plugin does in numbers is for everybody who sees it.
    expect((await people.get("viewer")?.get(`${PLUGINS}/${COMMON}/metrics`))?.status).toBe(200);
  });
});
