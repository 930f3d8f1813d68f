import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SecretBox } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { Browser, type Page } from "./support/browser.ts";
import {
  type Lie,
  newKey,
  signedBy,
  signedWith,
  startLyingProvider,
  unsigned,
} from "./support/lying-provider.ts";
import { freePort, startProvider, type TestPerson, type TestProvider } from "./support/openid-provider.ts";
import { ADMIN, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const CLIENT = { client_id: "patchbay", client_secret: "a secret: with +, %25, & and /?" };
const PUBLIC_CLIENT = { client_id: "patchbay-public" };
const BEGIN = "/api/auth/oidc";
const PENDING = "patchbay_sign_in";
const SESSION = "patchbay_session";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;
let port: number;

const openServer = async (issuer: string, environment: Record<string, string> = {}) => {
  server = await startServer({
    dataDir: folder.path,
    environment: {
      PATCHBAY_PORT: String(port),
      PATCHBAY_OIDC_ISSUER: issuer,
      PATCHBAY_OIDC_CLIENT_ID: CLIENT.client_id,
      PATCHBAY_OIDC_CLIENT_SECRET: CLIENT.client_secret,
      PATCHBAY_OIDC_ALLOWED_DOMAINS: "Allowed.example, second.example",
      ...environment,
    },
  });
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

const begin = (returnTo?: string): URL => {
  const url = new URL(BEGIN, server.url);
  if (returnTo !== undefined) url.searchParams.set("returnTo", returnTo);
  return url;
};
const isCallback = (next: URL): boolean => next.pathname === `${BEGIN}/callback`;
const isSignInPage = (next: URL): boolean => next.pathname === "/sign-in";
/** From the sign-in page through the provider and back. */
const signIn = (browser = new Browser(), returnTo?: string) => browser.follow(begin(returnTo), isSignInPage);
const meOf = async (browser: Browser) => {
  const page = await browser.visit(new URL("/api/me", server.url));
  return { status: page.status, body: JSON.parse(page.body) };
};
/** Whether somebody has the address. Whoever has becomes a viewer of the organization. */
const hasAccount = async (email: string): Promise<boolean> => {
  const { status } = await api.post("/api/orgs/default/members", { email, role: "viewer" });
  expect([201, 404]).toContain(status);
  return status === 201;
};

const expectSignedIn = async (browser: Browser, page: Page, email: string) => {
  expect(page.status, page.headers.get("location") ?? "").toBe(200);
  const me = await meOf(browser);
  expect(me).toMatchObject({ status: 200, body: { user: { email } } });
  return me.body;
};
const expectRefused = async (browser: Browser, page: Page, code: string) => {
  expect(page.status, page.body).toBe(302);
  expect(page.headers.get("location")).toBe(`/sign-in?error=${code}`);
  expect(page.cookies).not.toHaveProperty(SESSION);
  expect((await meOf(browser)).status).toBe(401);
};

describe("a server without a provider", () => {
  it("offers passwords only", async () => {
    server = await startServer({ dataDir: folder.path, environment: { PATCHBAY_PORT: String(port) } });
    api = new Api(server.url);
    const anonymous = api.as(null);
    expect((await anonymous.get("/api/auth/providers")).body).toEqual({ items: [], password: true });
    for (const path of [BEGIN, `${BEGIN}/callback?code=x&state=y`])
      expect(await anonymous.get(path)).toMatchObject({ status: 404, body: { code: "not_found" } });
    const member = { email: "somebody@example.org", role: "viewer", name: "Some Body" };
    const refused = await api.post("/api/orgs/default/members", member);
    expect(refused).toMatchObject({ status: 404, body: { code: "user_not_found" } });
    expect(refused.body.detail).toContain("name and password");
    expect(
      (
        await api.post("/api/orgs/default/members", {
          ...member,
          email: "linked@example.org",
          password: "long enough",
        })
      ).status,
    ).toBe(201);
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
    await expectRefused(browser, await signIn(browser), "sign_in_unavailable");
    expect(server.output()).toContain("ECONNREFUSED");
    provider = await openProvider();
    provider.person = person({ sub: "first" });
    await expectSignedIn(browser, await signIn(browser), "first@allowed.example");
  });

  it("is listed among the ways to sign in", async () => {
    const providers = await api.as(null).get("/api/auth/providers");
    expect(providers.body).toEqual({ items: [{ id: "oidc", name: "Acme" }], password: true });
  });

  it("makes an account in an allowed domain, which belongs to no organization until somebody adds it", async () => {
    const browser = new Browser();
    provider.person = person({ sub: "new", email: "New.Person@Allowed.Example" });
    const page = await signIn(browser, "/orgs?a=1&b=2#c");
    const me = await expectSignedIn(browser, page, "new.person@allowed.example");
    expect(me).toMatchObject({ user: { name: "Ada Lovelace", deploymentAdmin: false }, organizations: [] });
    expect(page.body).toContain('content="0;url=/orgs?a=1&amp;b=2#c"');
    expect(page.body).not.toContain("<script");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.headers.getSetCookie().find((one) => one.startsWith(SESSION))).toMatch(
      /HttpOnly; SameSite=Strict/,
    );
    expect(page.cookies[PENDING]).toBe("");
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
    expect(await hasAccount("new.person@allowed.example")).toBe(true);
    expect((await meOf(browser)).body.organizations).toMatchObject([{ slug: "default", role: "viewer" }]);
  });

  it("knows a person again by who they are at the provider, whatever their address is then", async () => {
    const [first, second] = [new Browser(), new Browser()];
    provider.person = person({ sub: "again" });
    const me = await expectSignedIn(first, await signIn(first), "again@allowed.example");
    provider.person = person({ sub: "again", email: "moved@elsewhere.example", email_verified: false });
    const later = await expectSignedIn(second, await signIn(second), "again@allowed.example");
    expect(later.user.id).toBe(me.user.id);
    expect(await hasAccount("moved@elsewhere.example")).toBe(false);
  });

  it("links the account that has the verified address, outside the allowed domains too, and its password stays", async () => {
    const browser = new Browser();
    provider.person = person({ sub: "linked", email: "Linked@Example.org", name: "Other Name" });
    const me = await expectSignedIn(browser, await signIn(browser), "linked@example.org");
    expect(me).toMatchObject({ user: { name: "Some Body" }, organizations: [{ slug: "default" }] });
    const credentials = { email: "linked@example.org", password: "long enough" };
    expect((await api.as(null).post("/api/auth/sign-in", credentials)).body.user.id).toBe(me.user.id);
  });

  it("lets in whom an administrator has added without a password", async () => {
    const email = "invited@elsewhere.example";
    const browser = new Browser();
    const member = { email, role: "member", name: "In Vited" };
    expect((await api.post("/api/orgs/default/members", member)).status).toBe(201);
    provider.person = person({ sub: "invited", email });
    const me = await expectSignedIn(browser, await signIn(browser), email);
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
      await expectRefused(browser, await signIn(browser), code);
    }
    for (const email of ["a@elsewhere.example", "a@sub.allowed.example", "b@allowed.example"])
      expect(await hasAccount(email), email).toBe(false);
    const browser = new Browser();
    provider.person = person({ sub: "second", email: "a@second.example" });
    await expectSignedIn(browser, await signIn(browser), "a@second.example");
  });

  it("comes back to the sign-in page when the provider refuses, with the reason in the log", async () => {
    const browser = new Browser();
    provider.refuses = true;
    await expectRefused(browser, await signIn(browser), "sign_in_failed");
    expect(server.output()).toContain("access_denied (Not today)");
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
      expect((await signIn(new Browser(), returnTo)).body, returnTo).toContain('content="0;url=/"');
    expect((await signIn(new Browser(), "/a//evil.example")).body).toContain(
      'content="0;url=/a//evil.example"',
    );
  });

  it("names the configured address to the provider, whatever host the request names", async () => {
    const { request } = await import("node:http");
    const location = await new Promise<string>((resolve, reject) => {
      const sent = request(
        begin(),
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
    const out = async () => {
      const browser = new Browser();
      const { next } = await browser.follow(begin(), isCallback);
      const jar = browser.jar(server.url);
      return { browser, jar, sealed: jar.get(PENDING) ?? "", back: next ?? new URL("about:blank") };
    };
    const email = "careful@allowed.example";

    const elsewhere = await out();
    await expectRefused(new Browser(), await new Browser().visit(elsewhere.back), "sign_in_expired");
    await expectSignedIn(elsewhere.browser, await elsewhere.browser.visit(elsewhere.back), email);

    const changed = await out();
    const middle = Math.floor(changed.sealed.length / 2);
    const other = changed.sealed[middle] === "A" ? "B" : "A";
    changed.jar.set(PENDING, changed.sealed.slice(0, middle) + other + changed.sealed.slice(middle + 1));
    await expectRefused(changed.browser, await changed.browser.visit(changed.back), "sign_in_expired");
    changed.jar.set(PENDING, changed.sealed);
    await expectSignedIn(changed.browser, await changed.browser.visit(changed.back), email);

    const swapped = await out();
    const mine = await out();
    swapped.jar.set(PENDING, mine.sealed);
    await expectRefused(swapped.browser, await swapped.browser.visit(swapped.back), "sign_in_failed");
    await expectSignedIn(mine.browser, await mine.browser.visit(mine.back), email);

    const replayed = await out();
    await expectSignedIn(replayed.browser, await replayed.browser.visit(replayed.back), email);
    expect(replayed.jar.has(PENDING)).toBe(false);
    replayed.jar.delete(SESSION);
    await expectRefused(replayed.browser, await replayed.browser.visit(replayed.back), "sign_in_expired");
    replayed.jar.set(PENDING, replayed.sealed);
    await expectRefused(replayed.browser, await replayed.browser.visit(replayed.back), "sign_in_failed");
  });

  it("ends ten minutes after the way out", async () => {
    provider.person = person({ sub: "slow" });
    const key = Buffer.from(await readFile(join(folder.path, "secret.key"), "utf8"), "base64");
    const secrets = new SecretBox([key]);
    const moved = async (seconds: number) => {
      const browser = new Browser();
      const { next } = await browser.follow(begin(), isCallback);
      const jar = browser.jar(server.url);
      const { endsAt, ...pending } = JSON.parse(secrets.open(jar.get(PENDING) ?? "", "sign-in"));
      expect(endsAt - Date.now()).toBeGreaterThan(500_000);
      expect(endsAt - Date.now()).toBeLessThanOrEqual(600_000);
      jar.set(
        PENDING,
        secrets.seal(JSON.stringify({ ...pending, endsAt: Date.now() + seconds * 1000 }), "sign-in"),
      );
      return { browser, page: await browser.visit(next ?? "about:blank") };
    };
    const late = await moved(-1);
    await expectRefused(late.browser, late.page, "sign_in_expired");
    const early = await moved(60);
    await expectSignedIn(early.browser, early.page, "slow@allowed.example");
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
      await browser.visit(begin());
      await expectRefused(
        browser,
        await browser.visit(new URL(`${BEGIN}/callback${query}`, server.url)),
        "sign_in_failed",
      );
    }
  });

  it("makes one account for a person who comes twice at once", async () => {
    provider.person = person({ sub: "twice" });
    const browsers = [new Browser(), new Browser(), new Browser()];
    const pages = await Promise.all(browsers.map((browser) => signIn(browser)));
    const ids = await Promise.all(
      browsers.map(
        async (browser, index) =>
          (await expectSignedIn(browser, pages[index] as Page, "twice@allowed.example")).user.id,
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
    await expectSignedIn(browser, await signIn(browser), "first@allowed.example");
    expect((await api.as(null).get("/api/auth/providers")).body.items).toEqual([
      { id: "oidc", name: new URL(provider.issuer).host },
    ]);
  });
});

describe("a provider that lies", () => {
  let provider: Awaited<ReturnType<typeof startLyingProvider>>;
  let count = 0;

  beforeAll(async () => {
    provider = await startLyingProvider(CLIENT.client_id);
    provider.algorithms = ["RS256", "HS256", "none"];
    await openServer(provider.issuer);
  });
  afterAll(async () => {
    await server?.stop();
    await provider?.close();
  });

  const attempt = async (lie: Lie) => {
    count += 1;
    const browser = new Browser();
    const email = `victim-${count}@allowed.example`;
    provider.person = { sub: `victim-${count}`, email, email_verified: true };
    provider.lie = lie;
    return { browser, email, page: await signIn(browser) };
  };
  const expectLieRefused = async (lie: Lie, code = "sign_in_failed") => {
    const { browser, email, page } = await attempt(lie);
    await expectRefused(browser, page, code);
    expect(await hasAccount(email)).toBe(false);
    // The same person, told of honestly.
    provider.lie = {};
    const honest = new Browser();
    await expectSignedIn(honest, await signIn(honest), email);
  };
  const claims = (change: Record<string, unknown>): Lie => ({
    claims: (honest) => ({ ...honest, ...change }),
  });
  const now = () => Math.floor(Date.now() / 1000);

  it.each<[string, () => Lie]>([
    ["for another sign-in (nonce)", () => claims({ nonce: "another" })],
    ["without a nonce", () => claims({ nonce: undefined })],
    ["for another application (audience)", () => claims({ aud: "another" })],
    ["for several applications, without saying whose", () => claims({ aud: [CLIENT.client_id, "another"] })],
    ["of another issuer", () => claims({ iss: "https://another.example" })],
    ["that has expired", () => claims({ iat: now() - 7_200, exp: now() - 3_600 })],
    ["that never expires", () => claims({ exp: undefined })],
    ["without a subject", () => claims({ sub: undefined })],
    ["with a foreign signature", () => ({ token: (header, payload) => signedBy(newKey(), header, payload) })],
    [
      "with the signature of a key that nobody published",
      () => ({ token: (header, payload) => signedBy(newKey(), { ...header, kid: "unknown" }, payload) }),
    ],
    ["without a signature (alg none)", () => ({ token: unsigned })],
    [
      "signed with the client's secret (HS256)",
      () => ({ token: (header, payload) => signedWith(CLIENT.client_secret, header, payload) }),
    ],
    [
      "with claims that were changed after signing",
      () => ({
        token: (header, payload, key) => {
          const [head, , signature] = signedBy(key, header, { ...payload, sub: "other" }).split(".");
          return `${head}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.${signature}`;
        },
      }),
    ],
  ])("is not believed a token %s", async (_name, lie) => {
    await expectLieRefused(lie());
  });

  it("is not believed without a token, with another state, or in another's name", async () => {
    const answer = { status: 200, body: JSON.stringify({ access_token: "a", token_type: "Bearer" }) };
    await expectLieRefused({ answer });
    await expectLieRefused({ back: (honest) => ({ ...honest, state: "another" }) });
    await expectLieRefused({ back: (honest) => ({ ...honest, iss: "https://another.example" }) });
  });

  it("is away when its answer is broken or endless", async () => {
    await expectLieRefused({ answer: { status: 503, body: "{}" } }, "sign_in_unavailable");
    const endless = JSON.stringify({ access_token: "a".repeat(1024 * 1024), token_type: "Bearer" });
    await expectLieRefused({ answer: { status: 200, body: endless } }, "sign_in_unavailable");
  });

  it("leaves nothing of its tokens in the log", () => {
    expect(server.output()).toContain("was refused");
    expect(server.output()).not.toMatch(/eyJ|victim-/);
  });

  it("is asked for no more than people need: too many sign-ins of one client have to wait", async () => {
    provider.lie = {};
    const codes = new Set<string>();
    for (let sent = 0; sent < 110; sent += 1) {
      const { status, headers } = await new Browser().visit(begin());
      expect(status).toBe(302);
      codes.add(new URL(headers.get("location") ?? "", server.url).search.slice(0, 30));
    }
    expect(codes).toContain("?error=rate_limited");
  });
});
