import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./support/api.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";

const ALL = ["read", "write", "configure", "use", "debug"].map((right) => `org.plugins.${right}`);
const EVERYTHING = [...ALL, "org.members.write", "org.audit.read"];

let parts: TestOrganization;
let owner: Api;

beforeAll(async () => {
  parts = await startOrganization();
  owner = parts.owner;
});
afterAll(async () => await parts?.stop());

const newKey = async (
  maker: Api,
  rights: readonly string[],
  expiresAt?: Date,
): Promise<{ api: Api; id: string; expiresAt?: string }> => {
  const { status, body } = await maker.post("/api/api-keys", {
    ...{ organization: "default", name: "made by a test", rights },
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return { api: owner.as(body.token), id: body.id, expiresAt: body.expiresAt };
};
const keys = "/api/api-keys?organization=default";
const remove = (api: Api, id: string) => api.delete(`/api/api-keys/${id}?organization=default`);
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);

describe("an API key", () => {
  it("sees and ends itself and what it made, unless it may manage members", async () => {
    const reader = await newKey(owner, ["org.plugins.read"]);
    const other = await newKey(owner, ["org.plugins.read"]);
    const made = await newKey(reader.api, ["org.plugins.read"]);
    const seen = (await reader.api.get(keys)).body.items.map(({ id }: { id: string }) => id);
    expect(seen).toEqual([reader.id, made.id]);
    expect((await remove(reader.api, other.id)).body.code).toBe("api_key_not_found");
    expect((await other.api.get("/api/me")).status).toBe(200);
    const manager = await newKey(owner, ["org.plugins.read", "org.members.write"]);
    expect((await manager.api.get(keys)).body.items.length).toBeGreaterThan(3);
    expect((await remove(manager.api, other.id)).status).toBe(204);
  });

  it("administers the deployment with all rights only", async () => {
    for (const rights of [["org.members.write"], EVERYTHING.slice(1)]) {
      const { api } = await newKey(owner, rights);
      expect((await api.get("/api/system/organizations")).status).toBe(403);
      expect((await api.post("/api/orgs", { slug: "more", name: "More" })).status).toBe(403);
      expect((await api.get("/api/me")).body.deployment.administrator).toBe(false);
    }
    const { api } = await newKey(owner, EVERYTHING);
    expect((await api.get("/api/system/organizations")).status).toBe(200);
  });

  it("makes no key that outlasts it", async () => {
    const end = inSeconds(60);
    const short = await newKey(owner, ALL, end);
    expect((await newKey(short.api, ["org.plugins.read"])).expiresAt).toBe(end.toISOString());
    const longer = await short.api.post("/api/api-keys", {
      ...{ organization: "default", name: "x", rights: ["org.plugins.read"] },
      expiresAt: inSeconds(3600).toISOString(),
    });
    expect(longer).toMatchObject({ status: 400, body: { errors: [{ pointer: "/expiresAt" }] } });
    const child = await newKey(short.api, ALL);
    const grandchild = await newKey(child.api, ["org.plugins.read"]);
    expect((await grandchild.api.get("/api/me")).status).toBe(200);
    expect((await remove(owner, short.id)).status).toBe(204);
    for (const { api } of [short, child, grandchild]) expect((await api.get("/api/me")).status).toBe(401);
  });

  it("makes no publisher's token that outlasts it", async () => {
    const publisher = "outlasting";
    const made = await owner.post("/registry/v1/publishers", { publisher, name: "Outlasting" });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const tokens = `/registry/v1/publishers/${publisher}/tokens`;
    const end = inSeconds(60);
    const short = await newKey(owner, EVERYTHING, end);
    const never = await short.api.post(tokens, { name: "ci" });
    expect(never).toMatchObject({ status: 201, body: { expiresAt: end.toISOString() } });
    const later = { name: "ci", expiresAt: inSeconds(3600).toISOString() };
    expect((await short.api.post(tokens, later)).status).toBe(400);
    const byToken = owner.as(never.body.token);
    expect((await byToken.get("/registry/v1/publishers")).status).toBe(200);
    expect((await remove(owner, short.id)).status).toBe(204);
    expect((await byToken.get("/registry/v1/publishers")).status).toBe(401);
  });

  it("gives nobody rights that it does not have", async () => {
    const { api } = await newKey(owner, ["org.members.write", "org.plugins.read"]);
    const add = (role: string) =>
      api.post("/api/orgs/default/members", { email: `${role}@keys.example`, name: role, role });
    for (const role of ["owner", "admin", "member"])
      expect((await add(role)).body.code, role).toBe("forbidden");
    expect((await add("viewer")).status).toBe(201);
    const raised = await api.post("/api/orgs/default/members", { email: parts.manager.email, role: "owner" });
    expect(raised.status).toBe(403);
    const managing = await api.post("/api/orgs/default/projects/web/members", {
      ...{ email: parts.manager.email, role: "manager" },
    });
    expect([403, 404, 405]).toContain(managing.status);
  });

  it("makes no link by which a password is set that is there already", async () => {
    const members = (await owner.get("/api/orgs/default/members")).body.items;
    const { userId } = members.find(({ email }: { email: string }) => email === parts.manager.email);
    const made = await owner.post(`/api/orgs/default/members/${userId}/password-link`);
    expect(made).toMatchObject({ status: 403, body: { code: "forbidden" } });
  });
});
