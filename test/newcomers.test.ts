import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { Person, signedUp } from "./support/people.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const CHOSEN = "a password of their own";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let ada: Person;
let bea: Person;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  ada = await signedUp(server.url, "ada@a.example", { organization: "a", role: "owner" });
  bea = await signedUp(server.url, "bea@b.example", { organization: "b", role: "owner" });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const add = (who: Person, organization: string, person: Record<string, unknown>) =>
  who.post(`/api/orgs/${organization}/members`, { role: "member", ...person });
const tokenOf = (url: string) => new URL(url).hash.slice(1);
const setPassword = (token: string, password = CHOSEN) =>
  new Api(server.url, null).post("/api/auth/password", { token, password });
const organizationsOf = async (person: Person) =>
  (await person.get("/api/me")).body.organizations.map(({ slug }: { slug: string }) => slug);

describe("somebody whom an administrator adds", () => {
  it("sets a password of their own by a link that works once", async () => {
    const added = await add(ada, "a", { email: "new@a.example", name: "New" });
    expect(added).toMatchObject({ status: 201, body: { email: "new@a.example", role: "member" } });
    const { url, expiresAt } = added.body.passwordLink;
    expect(url).toMatch(new RegExp(`^${server.url}/password#[\\w-]{40,}$`));
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(6.9 * 24 * 3600 * 1000);
    expect((await setPassword(tokenOf(url), "short")).status).toBe(400);
    const set = await setPassword(tokenOf(url));
    expect(set).toMatchObject({ status: 200, body: { user: { email: "new@a.example" } } });
    expect(set.headers.get("set-cookie")).toContain("HttpOnly");
    expect((await setPassword(tokenOf(url))).body.code).toBe("link_invalid");
    expect((await new Person(server.url, "new@a.example", CHOSEN).signIn()).status).toBe(200);
  });

  it("cannot be prepared for another organization", async () => {
    const boss = { email: "ceo@bigcorp.example", name: "CEO" };
    const prepared = await add(ada, "a", boss);
    await setPassword(tokenOf(prepared.body.passwordLink.url), "known to Ada alone");
    const impostor = new Person(server.url, boss.email, "known to Ada alone");
    await impostor.signIn();
    const invited = await add(bea, "b", { ...boss, role: "owner" });
    expect(invited.status).toBe(202);
    expect(invited.body.name).toBe(boss.email); // what Ada calls them is not told
    expect(await organizationsOf(impostor)).toEqual(["a"]);
    const members = (await bea.get("/api/orgs/b/members")).body.items;
    expect(members.map(({ email }: { email: string }) => email)).not.toContain(boss.email);
    // The link is Bea's to hand to whom she knows; others cannot use it, and it works once.
    const token = tokenOf(invited.body.invitation.url);
    expect((await ada.post("/api/auth/invitations", { token })).body.code).toBe("link_invalid");
    expect((await impostor.post("/api/auth/invitations", { token })).body).toEqual({ organization: "b" });
    expect(await organizationsOf(impostor)).toEqual(["a", "b"]);
    expect((await impostor.post("/api/auth/invitations", { token })).body.code).toBe("link_invalid");
  });
});

describe("a forgotten password", () => {
  const idOf = async (email: string) =>
    (await ada.get("/api/orgs/a/members")).body.items.find((one: { email: string }) => one.email === email)
      .userId;
  const link = async (who: Person, email: string) =>
    await who.post(`/api/orgs/a/members/${await idOf(email)}/password-link`);

  it("is replaced by a link of whoever administers all that the person belongs to", async () => {
    const forgetful = new Person(server.url, "new@a.example", CHOSEN);
    await forgetful.signIn();
    const made = await link(ada, forgetful.email);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect((await forgetful.get("/api/me")).status).toBe(200);
    expect((await setPassword(tokenOf(made.body.url), "another password")).status).toBe(200);
    expect((await forgetful.get("/api/me")).status).toBe(401);
    expect((await forgetful.signIn("another password")).status).toBe(200);
  });

  it("has its links in the database as hashes only", async () => {
    const made = await link(ada, "new@a.example");
    expect(made.body.url).toContain("#");
    const audit = await ada.get("/api/orgs/a/audit");
    expect(JSON.stringify(audit.body)).not.toContain(tokenOf(made.body.url));
    expect(audit.body.items.map(({ action }: { action: string }) => action)).toContain(
      "password_link.created",
    );
  });
});
