import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SecretBox } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { Browser, type Page } from "./support/browser.ts";
import { startLyingProvider } from "./support/lying-provider.ts";
import { freePort, startProvider, type TestPerson, type TestProvider } from "./support/openid-provider.ts";
import { Person, signedUp } from "./support/people.ts";
import { ADMIN, startServer, type TestServer, temporaryFolder } from "./support/server.ts";
import {
  BEGIN,
  CLIENT,
  pendingCookieOf,
  SignIns,
  sessionCookieOf,
  startServerWithProvider,
} from "./support/sign-in.ts";

const PUBLIC_CLIENT = { client_id: "patchbay-public" };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;
let port: number;

const signIns = new SignIns(() => server);

const openServer = async (issuer: string, environment: Record<string, string> = {}) => {
  server = await startServerWithProvider({ dataDir: folder.path, issuer, port }, environment);
  api = new Api(server.url);
};

beforeAll(async () => {
  folder = await temporaryFolder();
  port = await freePort();
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

describe("a server without a provider", () => {
  it("offers passwords only", async () => {
    server = await startServer({ dataDir: folder.path, environment: { PATCHBAY_PORT: String(port) } });
    api = new Api(server.url);
    const anonymous = api.as(null);
    expect((await anonymous.get("/api/auth/providers")).body).toEqual({ items: [], password: true });
    for (const path of [BEGIN, `${BEGIN}/callback?code=x&state=y`])
      expect(await anonymous.get(path)).toMatchObject({ status: 404, body: { code: "not_found" } });
    const member = { email: "somebody@example.org", role: "viewer", name: "Some Body" };
    const unnamed = { email: "nobody@example.org", role: "viewer" };
    const refused = await api.post("/api/orgs/default/members", unnamed);
    expect(refused).toMatchObject({ status: 404, body: { code: "user_not_found" } });
    expect(refused.body.detail).toContain("name");
    const added = await api.post("/api/orgs/default/members", member);
    expect(added).toMatchObject({
      status: 201,
      body: { passwordLink: { url: expect.stringContaining("/password#") } },
    });
    await server.stop();
  });

  it("does not start with half a provider, and names what is missing", async () => {
    for (const [environment, missing] of [
      [{ PATCHBAY_OIDC_CLIENT_ID: "x" }, "PATCHBAY_OIDC_ISSUER"],
      [{ PATCHBAY_OIDC_ALLOWED_DOMAINS: "x.example" }, "PATCHBAY_OIDC_ISSUER"],
      [{ PATCHBAY_OIDC_ISSUER: "https://x.example" }, "PATCHBAY_OIDC_CLIENT_ID"],
      [{ PATCHBAY_OIDC_ISSUER: "http://x.example", PATCHBAY_OIDC_CLIENT_ID: "x" }, "PATCHBAY_OIDC_ISSUER"],
    ] as const)
      await expect(startServer({ dataDir: folder.path, environment: { ...environment } })).rejects.toThrow(
        missing,
      );
  });
});

describe("signing in through a real provider", () => {
  let provider: TestProvider;
  let providerPort: number;
  const openProvider = () =>
    startProvider({
      port: providerPort,
      redirectUri: `http://127.0.0.1:${port}${BEGIN}/callback`,
      clients: [CLIENT, PUBLIC_CLIENT],
    });
  const person = (change: Partial<TestPerson> & { sub: string }): TestPerson => ({
    email: `${change.sub}@allowed.example`,
    email_verified: true,
    name: "Ada Lovelace",
    ...change,
  });

  beforeAll(async () => {
    providerPort = await freePort();
    await openServer(`http://127.0.0.1:${providerPort}`, { PATCHBAY_OIDC_NAME: "Acme" });
  });
  beforeEach(() => {
    if (provider !== undefined) provider.refuses = false;
  });
  afterAll(async () => {
    await server?.stop();
    await provider?.close();
  });

  it("says so while the provider is away, and works once it is there", async () => {
    const browser = new Browser();
    await signIns.expectRefused(browser, await signIns.complete(browser), "sign_in_unavailable");
    await expect.poll(() => server.output()).toContain("ECONNREFUSED");
    provider = await openProvider();
    provider.person = person({ sub: "first" });
    await signIns.expectSignedIn(browser, await signIns.complete(browser), "first@allowed.example");
  });

  it("is listed among the ways to sign in", async () => {
    const providers = await api.as(null).get("/api/auth/providers");
    expect(providers.body).toEqual({ items: [{ id: "oidc", name: "Acme" }], password: true });
  });

  it("makes an account in an allowed domain, which belongs to no organization until somebody adds it", async () => {
    const browser = new Browser();
    provider.person = person({ sub: "new", email: "New.Person@Allowed.Example" });
    const page = await signIns.complete(browser, "/orgs?a=1&b=2#c");
    const me = await signIns.expectSignedIn(browser, page, "new.person@allowed.example");
    expect(me).toMatchObject({ user: { name: "Ada Lovelace", deploymentAdmin: false }, organizations: [] });
    expect(page.body).toContain('content="0;url=/orgs?a=1&amp;b=2#c"');
    expect(page.body).not.toContain("<script");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.headers.getSetCookie().find((one) => one.startsWith(sessionCookieOf(server.url)))).toMatch(
      /HttpOnly; SameSite=Strict/,
    );
    expect(page.cookies[pendingCookieOf(server.url)]).toBe("");
    const outside = await browser.visit(new URL("/api/orgs/default/plugins", server.url));
    expect({ status: outside.status, code: JSON.parse(outside.body).code }).toEqual({
      status: 403,
      code: "forbidden",
    });
    expect(JSON.parse((await browser.visit(new URL("/api/orgs", server.url))).body).items).toEqual([]);
    const withPassword = await api
      .as(null)
      .post("/api/auth/sign-in", { email: "new.person@allowed.example", password: "anything at all" });
    expect(withPassword).toMatchObject({ status: 401, body: { code: "bad_credentials" } });
    expect(await signIns.hasAccount("new.person@allowed.example")).toBe(true);
    expect((await signIns.me(browser)).body.organizations).toMatchObject([
      { slug: "default", role: "viewer" },
    ]);
  });

  it("knows a person again by who they are at the provider, whatever their address is then", async () => {
    const [first, second] = [new Browser(), new Browser()];
    provider.person = person({ sub: "again" });
    const me = await signIns.expectSignedIn(first, await signIns.complete(first), "again@allowed.example");
    provider.person = person({ sub: "again", email: "moved@elsewhere.example", email_verified: false });
    const later = await signIns.expectSignedIn(
      second,
      await signIns.complete(second),
      "again@allowed.example",
    );
    expect(later.user.id).toBe(me.user.id);
    expect(await signIns.hasAccount("moved@elsewhere.example")).toBe(false);
  });

  it("links the account that has the verified address, outside the allowed domains too, and its password stays", async () => {
    const browser = new Browser();
    const credentials = { email: "linked@example.org", password: "long enough" };
    const member = { ...credentials, role: "viewer", name: "Some Body" };
    expect((await api.post("/api/orgs/default/members", member)).status).toBe(201);
    provider.person = person({ sub: "linked", email: "Linked@Example.org", name: "Other Name" });
    const me = await signIns.expectSignedIn(browser, await signIns.complete(browser), "linked@example.org");
    expect(me).toMatchObject({ user: { name: "Some Body" }, organizations: [{ slug: "default" }] });
    expect((await api.as(null).post("/api/auth/sign-in", credentials)).body.user.id).toBe(me.user.id);
  });

  it("takes the password and the sessions from an account that somebody else has prepared", async () => {
    const mallory = await signedUp(server.url, "mallory@a.example", { organization: "a", role: "owner" });
    const email = "ceo@bigcorp.example";
    const prepared = await mallory.post("/api/orgs/a/members", { email, name: "CEO", role: "member" });
    const token = String(prepared.body.passwordLink.url).split("#").at(-1);
    const impostor = new Person(server.url, email, "known to Mallory alone");
    const set = { token, password: impostor.password };
    expect((await api.as(null).post("/api/auth/password", set)).status).toBe(200);
    expect((await impostor.signIn()).status).toBe(200);
    provider.person = person({ sub: "ceo", email });
    const browser = new Browser();
    await signIns.expectSignedIn(browser, await signIns.complete(browser), email);
    expect((await impostor.get("/api/me")).status).toBe(401);
    expect((await impostor.signIn()).status).toBe(401);
  });

  it("lets in whom an administrator has added without a password", async () => {
    const email = "invited@elsewhere.example";
    const browser = new Browser();
    const member = { email, role: "member", name: "In Vited" };
    expect((await api.post("/api/orgs/default/members", member)).status).toBe(201);
    provider.person = person({ sub: "invited", email });
    const me = await signIns.expectSignedIn(browser, await signIns.complete(browser), email);
    expect(me).toMatchObject({ user: { name: "In Vited" }, organizations: [{ role: "member" }] });
  });

  it("refuses strangers, and addresses that the provider does not vouch for", async () => {
    for (const [change, code] of [
      [{ email: "a@elsewhere.example" }, "sign_in_not_allowed"],
      [{ email: "a@sub.allowed.example" }, "sign_in_not_allowed"],
      [{ email: "a@notallowed.example" }, "sign_in_not_allowed"],
      [{ email: "b@allowed.example", email_verified: false }, "email_unverified"],
      [{ email: "b@allowed.example", email_verified: undefined }, "email_unverified"],
      [{ email: ADMIN.email, email_verified: false }, "email_unverified"],
      [{ email: "lin\u212Aed@example.org" }, "email_unverified"],
      [{ email: "a@b@allowed.example" }, "email_unverified"],
      [{ email: undefined }, "email_unverified"],
    ] as const) {
      const browser = new Browser();
      provider.person = person({ sub: `refused-${code}-${change.email}`, ...change } as TestPerson);
      await signIns.expectRefused(browser, await signIns.complete(browser), code);
    }
    for (const email of ["a@elsewhere.example", "a@sub.allowed.example", "b@allowed.example"])
      expect(await signIns.hasAccount(email), email).toBe(false);
    const browser = new Browser();
    provider.person = person({ sub: "second", email: "a@second.example" });
    await signIns.expectSignedIn(browser, await signIns.complete(browser), "a@second.example");
  });

  it("comes back to the sign-in page when the provider refuses, with the reason in the log", async () => {
    const browser = new Browser();
    provider.refuses = true;
    await signIns.expectRefused(browser, await signIns.complete(browser), "sign_in_failed");
    await expect.poll(() => server.output()).toContain("access_denied (Not today)");
  });

  it("leads nowhere but to this server", async () => {
    provider.person = person({ sub: "returning" });
    for (const returnTo of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/.//evil.example",
      "/\t/evil.example",
    ])
      expect((await signIns.complete(new Browser(), returnTo)).body, returnTo).toContain('content="0;url=/"');
    expect((await signIns.complete(new Browser(), "/a//evil.example")).body).toContain(
      'content="0;url=/a//evil.example"',
    );
  });

  it("names the configured address to the provider, whatever host the request names", async () => {
    const { request } = await import("node:http");
    const location = await new Promise<string>((resolve, reject) => {
      const sent = request(
        signIns.begin(),
        { headers: { host: "evil.example", "x-forwarded-host": "evil.example" } },
        (answer) => {
          answer.resume();
          resolve(answer.headers.location ?? "");
        },
      );
      sent.on("error", reject).end();
    });
    const query = new URL(location).searchParams;
    expect(query.get("redirect_uri")).toBe(`${server.url}${BEGIN}/callback`);
    expect(query.get("code_challenge_method")).toBe("S256");
  });

  it("takes a way back only in the browser of the way out, unchanged, and once", async () => {
    provider.person = person({ sub: "careful" });
    const email = "careful@allowed.example";

    const elsewhere = await signIns.leave();
    await signIns.expectRefused(new Browser(), await new Browser().visit(elsewhere.back), "sign_in_expired");
    await signIns.expectSignedIn(elsewhere.browser, await elsewhere.browser.visit(elsewhere.back), email);

    const changed = await signIns.leave();
    const middle = Math.floor(changed.sealed.length / 2);
    const other = changed.sealed[middle] === "A" ? "B" : "A";
    changed.jar.set(
      pendingCookieOf(server.url),
      changed.sealed.slice(0, middle) + other + changed.sealed.slice(middle + 1),
    );
    await signIns.expectRefused(
      changed.browser,
      await changed.browser.visit(changed.back),
      "sign_in_expired",
    );
    changed.jar.set(pendingCookieOf(server.url), changed.sealed);
    await signIns.expectSignedIn(changed.browser, await changed.browser.visit(changed.back), email);

    const swapped = await signIns.leave();
    const mine = await signIns.leave();
    swapped.jar.set(pendingCookieOf(server.url), mine.sealed);
    await signIns.expectRefused(swapped.browser, await swapped.browser.visit(swapped.back), "sign_in_failed");
    await signIns.expectSignedIn(mine.browser, await mine.browser.visit(mine.back), email);

    const replayed = await signIns.leave();
    await signIns.expectSignedIn(replayed.browser, await replayed.browser.visit(replayed.back), email);
    expect(replayed.jar.has(pendingCookieOf(server.url))).toBe(false);
    replayed.jar.delete(sessionCookieOf(server.url));
    await signIns.expectRefused(
      replayed.browser,
      await replayed.browser.visit(replayed.back),
      "sign_in_expired",
    );
    replayed.jar.set(pendingCookieOf(server.url), replayed.sealed);
    await signIns.expectRefused(
      replayed.browser,
      await replayed.browser.visit(replayed.back),
      "sign_in_failed",
    );
  });

  it("ends ten minutes after the way out", async () => {
    provider.person = person({ sub: "slow" });
    const key = Buffer.from(await readFile(join(folder.path, "secret.key"), "utf8"), "base64");
    const secrets = new SecretBox([key]);
    const moved = async (seconds: number) => {
      const { browser, jar, sealed, back } = await signIns.leave();
      const { endsAt, ...pending } = JSON.parse(secrets.open(sealed, "sign-in"));
      expect(endsAt - Date.now()).toBeGreaterThan(500_000);
      expect(endsAt - Date.now()).toBeLessThanOrEqual(600_000);
      jar.set(
        pendingCookieOf(server.url),
        secrets.seal(JSON.stringify({ ...pending, endsAt: Date.now() + seconds * 1000 }), "sign-in"),
      );
      return { browser, page: await browser.visit(back) };
    };
    const late = await moved(-1);
    await signIns.expectRefused(late.browser, late.page, "sign_in_expired");
    const early = await moved(60);
    await signIns.expectSignedIn(early.browser, early.page, "slow@allowed.example");
  });

  it("answers nonsense on the way back with the sign-in page", async () => {
    for (const query of [
      "",
      "?code=x",
      "?code=x&state=y",
      "?code=a&code=b&state=c",
      "?error=access_denied&state=x",
      "?state[]=%00",
    ]) {
      const browser = new Browser();
      await browser.visit(signIns.begin());
      await signIns.expectRefused(
        browser,
        await browser.visit(new URL(`${BEGIN}/callback${query}`, server.url)),
        "sign_in_failed",
      );
    }
  });

  it("makes one account for a person who comes twice at once", async () => {
    provider.person = person({ sub: "twice" });
    const browsers = [new Browser(), new Browser(), new Browser()];
    const pages = await Promise.all(browsers.map((browser) => signIns.complete(browser)));
    const ids = await Promise.all(
      browsers.map(
        async (browser, index) =>
          (await signIns.expectSignedIn(browser, pages[index] as Page, "twice@allowed.example")).user.id,
      ),
    );
    expect(new Set(ids).size).toBe(1);
  });

  it("works without a secret, as a public client, and calls the provider by its host", async () => {
    await server.stop();
    await openServer(provider.issuer, {
      PATCHBAY_OIDC_CLIENT_ID: PUBLIC_CLIENT.client_id,
      PATCHBAY_OIDC_CLIENT_SECRET: "",
    });
    const browser = new Browser();
    provider.person = person({ sub: "first" });
    await signIns.expectSignedIn(browser, await signIns.complete(browser), "first@allowed.example");
    expect((await api.as(null).get("/api/auth/providers")).body.items).toEqual([
      { id: "oidc", name: new URL(provider.issuer).host },
    ]);
  });

  it("believes an address of which the provider says nothing when it is told to, and never one of which it says no", async () => {
    await server.stop();
    await openServer(provider.issuer, { PATCHBAY_OIDC_TRUST_EMAIL: "true" });
    const silent = new Browser();
    provider.person = person({ sub: "silent", email_verified: undefined });
    await signIns.expectSignedIn(silent, await signIns.complete(silent), "silent@allowed.example");
    const denied = new Browser();
    provider.person = person({ sub: "denied", email_verified: false });
    await signIns.expectRefused(denied, await signIns.complete(denied), "email_unverified");
  });
});

it("makes nobody's account before the first administrator's, whose set-up link goes on to work", async () => {
  const [fresh, lying] = [await temporaryFolder(), await startLyingProvider(CLIENT.client_id)];
  lying.person = { sub: "early", email: "early@allowed.example", email_verified: true };
  const early = await startServerWithProvider(
    { dataDir: fresh.path, issuer: lying.issuer, port: 0 },
    { PATCHBAY_ADMIN_EMAIL: "", PATCHBAY_ADMIN_PASSWORD: "", PATCHBAY_BOOTSTRAP_API_KEY: "" },
  );
  const [earlySignIns, browser] = [new SignIns(() => early), new Browser()];
  await earlySignIns.expectRefused(browser, await earlySignIns.complete(browser), "sign_in_not_allowed");
  const token = /setup#(\S+)/.exec(early.output())?.[1];
  const made = await new Api(early.url, null).post("/api/auth/set-up", { token, name: "Admin", ...ADMIN });
  expect([made.status, made.headers.get("location")]).toEqual([201, "/api/me"]);
  await earlySignIns.expectSignedIn(browser, await earlySignIns.complete(browser), "early@allowed.example");
  await early.stop();
  await lying.close();
  await fresh.remove();
});
