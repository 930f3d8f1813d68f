import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { Person, signedUp } from "./support/people.ts";

let organization: TestOrganization | undefined;
let server: TestOrganization["server"];
let owner: TestOrganization["owner"];
let client: TestOrganization["client"];
let manager: TestOrganization["manager"];
let stranger: TestOrganization["stranger"];
let upload: TestOrganization["upload"];
let install: TestOrganization["install"];

beforeAll(async () => {
  organization = await startOrganization();
  ({ server, owner, client, manager, stranger, upload, install } = organization);
});
afterAll(() => organization?.stop());

describe("who I am", () => {
  it("lists every organization with role, projects, and each right with its reach", async () => {
    const { organizations, deployment } = (await manager.get("/api/me")).body;
    expect(organizations).toEqual([
      {
        slug: "default",
        name: "Default",
        role: "member",
        projects: { web: "manager" },
        rights: [
          { right: "org.plugins.read", reach: "organization" },
          { right: "org.plugins.write", reach: ["web"] },
          { right: "org.plugins.configure", reach: ["web"] },
          { right: "org.plugins.use", reach: "organization" },
        ],
      },
    ]);
    expect(deployment).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+/), administrator: false });
    const me = await client.auth.me();
    expect(me).toMatchObject({ hasPassword: true, deployment: { administrator: true } });
    expect(me.organizations[0]?.rights).toHaveLength(7);
    expect(me.organizations.map(({ slug }) => slug)).toEqual(["default"]);
    expect(JSON.stringify(me)).not.toContain("passwordHash");
  });
});

describe("changing the password", () => {
  it("asks for the old one, and ends every other session", async () => {
    const person = await signedUp(server.url, "pat@example.org", { organization: "default", role: "viewer" });
    const elsewhere = new Person(server.url, person.email, person.password);
    await elsewhere.signIn();
    const key = await person.post("/api/api-keys", {
      organization: "default",
      name: "k",
      rights: ["org.plugins.read"],
    });
    const change = (current: string, password: string) =>
      person.post("/api/me/password", { current, password });
    expect((await change("guessed", "a new password")).body).toMatchObject({
      code: "bad_credentials",
      errors: [{ pointer: "/current" }],
    });
    expect((await change(person.password, "short")).body.code).toBe("invalid_request");
    for (const body of [{}, { current: person.password }, { current: 7, password: 8 }])
      expect((await person.post("/api/me/password", body)).status).toBe(400);
    expect((await elsewhere.get("/api/me")).status).toBe(200);
    expect((await change(person.password, "a new password")).status).toBe(204);
    expect((await person.get("/api/me")).status).toBe(200);
    await expect.poll(async () => (await elsewhere.get("/api/me")).status).toBe(401);
    expect((await elsewhere.signIn()).body.code).toBe("bad_credentials");
    expect((await elsewhere.signIn("a new password")).status).toBe(200);
    const byKey = owner.as(key.body.token);
    expect((await byKey.get("/api/orgs/default/plugins")).status).toBe(200);
    const refused = await byKey.post("/api/me/password", {
      current: "a new password",
      password: "of a thief",
    });
    expect(refused.body.code).toBe("forbidden");
  });

  it("cannot be used to guess, nor from another site", async () => {
    const person = await signedUp(server.url, "gus@example.org", { organization: "default", role: "viewer" });
    const change = { current: "guessed", password: "a new password" };
    const foreign = { ...person.headers, origin: "https://evil.example" };
    expect((await owner.as(null).post("/api/me/password", change, foreign)).body.code).toBe("cross_origin");
    const codes: string[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1)
      codes.push((await person.post("/api/me/password", change)).body.code);
    expect(codes.slice(0, 9)).toEqual(Array(9).fill("bad_credentials"));
    expect(codes.at(-1)).toBe("rate_limited");
  });
});

describe("organizations and projects", () => {
  it("get other names, while their addresses stay", async () => {
    expect(await client.organizations.rename("Acme, Inc.")).toMatchObject({
      slug: "default",
      name: "Acme, Inc.",
    });
    await expect.poll(async () => (await client.auth.me()).organizations[0]?.name).toBe("Acme, Inc.");
    expect(await client.organizations.renameProject("web", "The web")).toMatchObject({
      slug: "web",
      name: "The web",
    });
    for (const [path, code] of [
      ["/api/orgs/default", "forbidden"],
      ["/api/orgs/default/projects/web", "forbidden"],
    ]) {
      expect((await manager.call("PUT", path ?? "", { name: "Mine" })).body.code).toBe(code);
      for (const body of [{}, { name: "" }, { name: 7 }, { name: "x", slug: "y" }])
        expect((await owner.put(path ?? "", body)).status).toBe(400);
    }
    expect((await owner.put("/api/orgs/default/projects/none", { name: "x" })).status).toBe(404);
    await client.organizations.rename("Default");
  });

  it("go with all that is about them, and not while a plugin would apply nowhere", async () => {
    const settings = { type: "object", properties: { units: { type: "string", default: "m" } } };
    await client.organizations.createProject({ slug: "doomed", name: "Doomed" });
    await client.organizations.setProjectMember("doomed", { email: manager.email, role: "manager" });
    await upload({ id: "acme.scoped", code: "export default {};", manifest: { settings } });
    await client.plugins.install({ plugin: "acme.scoped", scope: { projects: ["doomed"] } });
    await client.plugins.putSettings("acme.scoped", { units: "km" }, "doomed");
    expect(await owner.delete("/api/orgs/default/projects/doomed")).toMatchObject({
      status: 409,
      body: { code: "project_in_use", plugins: ["acme.scoped"] },
    });
    expect((await client.plugins.settings("acme.scoped", "doomed")).values).toEqual({ units: "km" });
    await client.plugins.putScope("acme.scoped", { projects: ["doomed", "web"] });
    expect((await manager.call("DELETE", "/api/orgs/default/projects/doomed")).body.code).toBe("forbidden");
    expect((await stranger.call("DELETE", "/api/orgs/default/projects/doomed")).status).toBe(404);
    await client.organizations.deleteProject("doomed");
    expect((await client.plugins.get("acme.scoped")).scope).toEqual({ projects: ["web"] });
    expect((await client.plugins.data("acme.scoped")).overrides).toBe(0);
    expect((await manager.get("/api/me")).body.organizations[0].projects).toEqual({ web: "manager" });
    expect(
      (await owner.put("/api/orgs/default/plugins/acme.scoped/scope", { projects: ["doomed"] })).status,
    ).toBe(404);
    expect((await owner.delete("/api/orgs/default/projects/doomed")).body.code).toBe("project_not_found");
    await client.organizations.createProject({ slug: "doomed", name: "Again" });
    expect((await client.plugins.settings("acme.scoped", "doomed")).values).toEqual({ units: "m" });
    const [deleted] = (await client.activity.audit({ action: "project.deleted" })).items;
    expect(deleted?.detail).toEqual({ project: "doomed", plugins: ["acme.scoped"], overrides: 1 });
  });
});

describe("notifications", () => {
  const code = `export default { tools: {
    note: { description: "n", run: (input, { api }) => api.ui.showNotification(input).then(() => "told") } } };`;
  const note = (input: unknown, project?: string) =>
    owner.post("/api/orgs/default/tools/acme.notes/note", { input, ...(project && { project }) });

  it("of plugins reach everyone who sees what they are about, once they are granted", async () => {
    const manifest = { permissions: { optional: ["ui.notifications"] } };
    await install({ id: "acme.notes", code, tools: ["note"], manifest });
    await owner.post("/api/orgs/default/plugins/acme.notes/enable");
    expect((await note({ title: "Too soon" })).body.code).toBe("permission_denied");
    await client.plugins.putGrants("acme.notes", ["ui.notifications"]);
    await client.organizations.createProject({ slug: "closed", name: "Closed" });
    expect((await note({ title: "Hello <b>", message: "you", level: "success" })).body).toEqual({
      output: "told",
    });
    expect((await note({ title: "Of web" }, "web")).status).toBe(200);
    expect((await note({ title: "Of closed" }, "closed")).status).toBe(200);
    const mine = await client.notifications.list();
    expect(mine.items.map(({ title }) => title)).toEqual(["Of closed", "Of web", "Hello <b>"]);
    expect(mine.items[2]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      plugin: "acme.notes",
      level: "success",
      title: "Hello <b>",
      message: "you",
      createdAt: expect.any(String),
      read: false,
    });
    const theirs = (await manager.get("/api/orgs/default/notifications")).body;
    expect(theirs.items.map(({ title }: { title: string }) => title)).toEqual(["Of web", "Hello <b>"]);
    expect(theirs.unread).toBe(2);
    expect((await stranger.get("/api/orgs/other/notifications")).body).toEqual({ items: [], unread: 0 });
    expect((await stranger.get("/api/orgs/default/notifications")).status).toBe(404);
  });

  it("are read by each for themselves", async () => {
    const [newest, second] = (await client.notifications.list({ limit: 2 })).items;
    expect(await client.notifications.markRead({ ids: [newest?.id ?? ""] })).toEqual({ unread: 2 });
    expect((await client.notifications.list({ unread: true })).items).toHaveLength(2);
    expect(await client.notifications.markRead({ until: second?.id ?? "" })).toEqual({ unread: 0 });
    expect((await manager.get("/api/orgs/default/notifications")).body.unread).toBe(2);
    for (const body of [{}, { ids: [] }, { ids: ["x"] }, { until: 7 }, { ids: ["1"], until: "1" }])
      expect((await owner.post("/api/orgs/default/notifications/read", body)).status).toBe(400);
  });

  it("are short, and few", async () => {
    for (const input of [{}, { title: "" }, { title: "x".repeat(121) }, { title: "x", level: "loud" }])
      expect((await note(input)).body).toMatchObject({
        status: 422,
        detail: expect.stringContaining("showNotification"),
      });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => note({ title: `${index}` })));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(10);
    expect(answers.map(({ body }) => body.code)).toContain("quota_exceeded");
  });
});
