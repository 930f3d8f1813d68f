import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOrganization, type TestOrganization } from "./support/organization.ts";

let organization: TestOrganization | undefined;
const ORG = "/api/orgs/default";
const PLUGIN = `${ORG}/plugins/acme.shared`;

beforeAll(async () => {
  organization = await startOrganization();
  await organization.install({
    id: "acme.shared",
    code: "export default {};",
    manifest: {
      permissions: { optional: ["storage.scoped", "metrics.read"] },
      settings: { type: "object", properties: { days: { type: "integer" }, units: { type: "string" } } },
    },
  });
});
afterAll(async () => await organization?.stop());

const owner = () => {
  if (organization === undefined) throw new Error("There is no organization.");
  return organization.owner;
};
const put = (path: string, body: unknown, revision?: string) =>
  owner().call("PUT", path, body, revision === undefined ? {} : { "if-match": revision });
const revisionOf = async (path: string) => (await owner().get(path)).headers.get("etag") ?? "";

describe("a change of something that somebody else has changed meanwhile", () => {
  it.each([
    ["settings", `${PLUGIN}/settings`, { days: 1 }, { days: 2 }],
    ["grants", `${PLUGIN}/grants`, { grants: ["storage.scoped"] }, { grants: ["metrics.read"] }],
    ["the scope", `${PLUGIN}/scope`, { projects: ["web"] }, { projects: "all" }],
    ["the policy", `${ORG}/policy`, { install: "nobody" }, { debug: "nobody" }],
    ["update rules", `${ORG}/auto-update`, { strategy: "all" }, { strategy: "patch" }],
  ])(
    "is refused for %s when it names the revision that it saw, and tells both states",
    async (_, path, first, second) => {
      const seen = await revisionOf(path);
      expect(seen).toMatch(/^"[0-9a-f]{32}"$/);
      const made = await put(path, first, seen);
      expect(made).toMatchObject({ status: 200 });
      expect(made.headers.get("etag")).toBe(await revisionOf(path));
      expect(made.headers.get("etag")).not.toBe(seen);
      const refused = await put(path, second, seen);
      expect(refused).toMatchObject({ status: 412, body: { code: "revision_changed" } });
      expect(refused.body).toHaveProperty("current");
      expect(refused.body).toHaveProperty("sent");
      expect(await revisionOf(path)).toBe(made.headers.get("etag"));
      expect(await put(path, second, await revisionOf(path))).toMatchObject({ status: 200 });
      expect(await put(path, first)).toMatchObject({ status: 200 });
    },
  );
});
