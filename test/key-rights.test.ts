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
    organization: "default",
    name: "made by a test",
    rights,
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return { api: owner.as(body.token), id: body.id, expiresAt: body.expiresAt };
};
const remove = (api: Api, id: string) => api.delete(`/api/api-keys/${id}?organization=default`);
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);

describe("an API key", () => {
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
      organization: "default",
      name: "x",
      rights: ["org.plugins.read"],
      expiresAt: inSeconds(3600).toISOString(),
    });
    expect(longer).toMatchObject({ status: 400, body: { errors: [{ pointer: "/expiresAt" }] } });
    const child = await newKey(short.api, ALL);
    const grandchild = await newKey(child.api, ["org.plugins.read"]);
    expect((await grandchild.api.get("/api/me")).status).toBe(200);
    expect((await remove(owner, short.id)).status).toBe(204);
    for (const { api } of [short, child, grandchild]) expect((await api.get("/api/me")).status).toBe(401);
  });
});
