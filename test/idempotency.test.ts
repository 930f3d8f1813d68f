import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { signedInAdministrator, signedUp } from "./support/people.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  api = new Api(server.url);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const upload = (zip: Uint8Array, key: string) => {
  const form = new FormData();
  form.append("package", new Blob([Uint8Array.from(zip)]), "package.zip");
  return api.call("POST", "/api/orgs/default/uploads", form, { "idempotency-key": key });
};

describe("a request with an Idempotency-Key", () => {
  it("is told apart by the bytes of its file", async () => {
    const [first, second] = await Promise.all(
      ["1.0.1", "1.0.2"].map((version) =>
        makePackage({ id: "acme.same", version, code: "export default {};" }),
      ),
    );
    if (first === undefined || second === undefined) throw new Error("There are two packages.");
    expect((await upload(first, "upload-1")).body.version).toBe("1.0.1");
    const again = await upload(first, "upload-1");
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([201, "true"]);
    expect(await upload(second, "upload-1")).toMatchObject({
      status: 422,
      body: { code: "idempotency_conflict" },
    });
    expect((await upload(second, "upload-2")).body.version).toBe("1.0.2");
  });

  it("is not answered again for somebody who has lost the right", async () => {
    const person = await signedUp(server.url, "leaving@example.org", {
      organization: "default",
      role: "admin",
    });
    const headers = { ...person.headers, "idempotency-key": "project-1" };
    const anonymous = api.as(null);
    const project = { slug: "kept", name: "Kept" };
    const create = () => anonymous.post("/api/orgs/default/projects", project, headers);
    expect((await create()).status).toBe(201);
    expect((await create()).headers.get("idempotent-replayed")).toBe("true");
    await api.post("/api/orgs/default/members", { email: person.email, role: "viewer" });
    await expect.poll(async () => (await create()).status).toBe(403);
    const { userId } = (await api.get("/api/orgs/default/members")).body.items.find(
      ({ email }: { email: string }) => email === person.email,
    );
    await api.delete(`/api/orgs/default/members/${userId}`);
    await expect.poll(async () => (await create()).status).toBe(403);
  });

  it("leaves nothing in the data folder of what is shown once", async () => {
    const admin = await signedInAdministrator(server.url);
    const headers = { ...admin.headers, "idempotency-key": "secret-1" };
    const anonymous = api.as(null);
    const keyBody = { organization: "default", name: "shown once", rights: ["org.plugins.read"] };
    const key = await anonymous.post("/api/api-keys", keyBody, headers);
    expect((await anonymous.post("/api/api-keys", keyBody, headers)).body.token).toBe(key.body.token);
    const publisher = { publisher: "hidden", name: "Hidden" };
    await api.post("/registry/v1/publishers", publisher);
    const token = await api.post(
      "/registry/v1/publishers/hidden/tokens",
      { name: "ci" },
      { "idempotency-key": "t" },
    );
    const person = { email: "linked@example.org", name: "Linked", role: "viewer" };
    const added = await api.post("/api/orgs/default/members", person, { "idempotency-key": "m" });
    const link = new URL(added.body.passwordLink.url).hash.slice(1);
    await server.stop();
    for (const secret of [key.body.token, token.body.token, link]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(await filesWith(folder.path, secret)).toEqual([]);
    }
    server = await startServer({ dataDir: folder.path });
    api = new Api(server.url);
  });
});

const filesWith = async (path: string, text: string): Promise<string[]> => {
  const found: string[] = [];
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    if ((await readFile(file)).includes(text)) found.push(file);
  }
  return found;
};
