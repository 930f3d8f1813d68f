import { expect } from "vitest";
import { Api } from "./api.ts";
import { Browser, type Page } from "./browser.ts";
import { startServer, type TestServer } from "./server.ts";

/** How the server is known to the providers of the tests. */
export const CLIENT = { client_id: "patchbay", client_secret: "a secret: with +, %25, & and /?" };
export const BEGIN = "/api/auth/oidc";
/** Cookies are named by the port, since they are not told apart by it. */
export const pendingCookieOf = (url: string): string => `patchbay_sign_in_${new URL(url).port}`;
export const sessionCookieOf = (url: string): string => `patchbay_session_${new URL(url).port}`;

/** A server whose people sign in through `issuer`, too. */
export const startServerWithProvider = (
  parts: { dataDir: string; issuer: string; port: number },
  environment: Record<string, string> = {},
): Promise<TestServer> =>
  startServer({
    dataDir: parts.dataDir,
    environment: {
      PATCHBAY_PORT: String(parts.port),
      PATCHBAY_OIDC_ISSUER: parts.issuer,
      PATCHBAY_OIDC_CLIENT_ID: CLIENT.client_id,
      PATCHBAY_OIDC_CLIENT_SECRET: CLIENT.client_secret,
      PATCHBAY_OIDC_ALLOWED_DOMAINS: "Allowed.example, second.example",
      ...environment,
    },
  });

/** What people do with `server`'s sign-in, and what becomes of it. */
export class SignIns {
  readonly #server: () => TestServer;

  constructor(server: () => TestServer) {
    this.#server = server;
  }

  /** Where a sign-in begins. */
  begin(returnTo?: string): URL {
    const url = this.url(BEGIN);
    if (returnTo !== undefined) url.searchParams.set("returnTo", returnTo);
    return url;
  }

  url(path: string): URL {
    return new URL(path, this.#server().url);
  }

  /** The whole way: through the provider and back, up to the page or to where the sign-in page would be. */
  complete(browser = new Browser(), returnTo?: string): Promise<Page> {
    return browser.follow(this.begin(returnTo), (next) => next.pathname === "/sign-in");
  }

  /** The way to the provider: `back` is where it sends the browser, which has not gone there. */
  async leave(browser = new Browser()) {
    const { next } = await browser.follow(this.begin(), (at) => at.pathname === `${BEGIN}/callback`);
    if (next === null) throw new Error("The provider sent nobody back.");
    const jar = browser.jar(this.url("/"));
    return { browser, jar, sealed: jar.get(pendingCookieOf(this.#server().url)) ?? "", back: next };
  }

  async me(browser: Browser) {
    const page = await browser.visit(this.url("/api/me"));
    return { status: page.status, body: JSON.parse(page.body) };
  }

  /** Whether somebody has the address. Whoever has becomes a viewer of the organization. */
  async hasAccount(email: string): Promise<boolean> {
    const api = new Api(this.#server().url);
    const { status } = await api.post("/api/orgs/default/members", { email, role: "viewer" });
    expect([201, 404]).toContain(status);
    return status === 201;
  }

  /** What `/api/me` says of whom the page has signed in. */
  async expectSignedIn(browser: Browser, page: Page, email: string) {
    expect(page.status, page.headers.get("location") ?? "").toBe(200);
    const me = await this.me(browser);
    expect(me).toMatchObject({ status: 200, body: { user: { email } } });
    return me.body;
  }

  async expectRefused(browser: Browser, page: Page, code: string) {
    expect(page.status, page.body).toBe(302);
    expect(page.headers.get("location")).toBe(`/sign-in?error=${code}`);
    expect(page.cookies).not.toHaveProperty(sessionCookieOf(this.#server().url));
    expect((await this.me(browser)).status).toBe(401);
  }
}
