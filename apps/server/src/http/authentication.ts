import type {} from "@fastify/cookie";
import {
  type Accounts,
  API_KEY_PREFIX,
  type Change,
  type ChangeFeed,
  hashToken,
  type Principal,
  ReadThroughCache,
} from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** Who is asking; set for every route that does not say `public`. */
    principal: Principal;
  }
  interface FastifyContextConfig {
    /** Answers without asking who calls. */
    public?: boolean;
  }
}

export const SESSION_COOKIE = "patchbay_session";

/** What is known of a caller is read anew after this long even when nobody said that it changed: keys and sessions end. */
const PRINCIPAL_AGE_MS = 10_000;
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

interface HeldPrincipal {
  readonly principal: Principal;
  readonly readAt: number;
}

/** Finds out who calls: by API key, or by session cookie and then only from the console's own pages. */
export class Authentication {
  readonly #principals: ReadThroughCache<HeldPrincipal | null>;
  readonly #origin: () => string;

  constructor(accounts: Accounts, changes: ChangeFeed, origin: () => string) {
    this.#origin = origin;
    this.#principals = new ReadThroughCache(async (key) => {
      const [kind, hash = ""] = key.split(" ");
      const principal =
        kind === "key" ? await accounts.principalOfKey(hash) : await accounts.principalOfSession(hash);
      return principal === null ? null : { principal, readAt: Date.now() };
    });
    changes.subscribe((change) => this.#forget(change));
  }

  register(app: FastifyInstance): void {
    app.decorateRequest("principal");
    app.addHook("onRequest", async (request) => {
      if (request.routeOptions.config.public === true || request.is404) return;
      const bearer = bearerOf(request);
      request.principal = bearer === null ? await this.#ofSession(request) : await this.#ofKey(bearer);
    });
  }

  /** Throws `cross_origin` when a browser says that another site's page sent this. */
  requireOwnPage(request: FastifyRequest): void {
    const { origin } = request.headers;
    const site = request.headers["sec-fetch-site"];
    const isForeign =
      origin === undefined
        ? site !== undefined && site !== "same-origin" && site !== "none"
        : origin !== this.#origin();
    if (isForeign)
      throw new PatchbayError(
        "cross_origin",
        "This request was sent by a page of another site. Use the console, or an API key.",
      );
  }

  setCookie(reply: FastifyReply, token: string, expires: Date): void {
    reply.setCookie(SESSION_COOKIE, token, {
      path: "/",
      httpOnly: true,
      sameSite: "strict",
      secure: this.#origin().startsWith("https:"),
      expires,
    });
  }

  async #ofKey(token: string): Promise<Principal> {
    const held =
      token.startsWith(API_KEY_PREFIX) || token.length >= 16
        ? await this.#find(`key ${hashToken(token)}`)
        : null;
    if (held !== null) return held;
    throw new PatchbayError(
      "unauthenticated",
      "The API key is not valid: it is mistyped, was deleted or has expired.",
    );
  }

  async #ofSession(request: FastifyRequest): Promise<Principal> {
    const token = request.cookies[SESSION_COOKIE];
    if (token === undefined)
      throw new PatchbayError(
        "unauthenticated",
        'Sign in, or send an API key as "Authorization: Bearer pb_…".',
      );
    if (!SAFE_METHODS.has(request.method)) this.requireOwnPage(request);
    const held = await this.#find(`session ${hashToken(token)}`);
    if (held !== null) return held;
    throw new PatchbayError("unauthenticated", "Your session has ended. Sign in again.");
  }

  async #find(key: string): Promise<Principal | null> {
    const held = this.#principals.peek(key);
    if (held && Date.now() - held.readAt < PRINCIPAL_AGE_MS) return held.principal;
    if (held) this.#principals.invalidate(key);
    return (await this.#principals.get(key))?.principal ?? null;
  }

  #forget(change: Change): void {
    switch (change.kind) {
      case "api_key":
        this.#principals.invalidate(`key ${change.id}`);
        return;
      case "session":
        this.#principals.invalidate(`session ${change.id}`);
        return;
      case "member":
      case "everything":
        this.#principals.clear();
        return;
      case "installation":
      case "settings":
        return;
      default:
        change satisfies never;
    }
  }
}

const bearerOf = ({ headers: { authorization } }: FastifyRequest): string | null => {
  if (authorization === undefined) return null;
  const [scheme, token] = authorization.split(" ");
  if (scheme?.toLowerCase() === "bearer" && token) return token;
  throw new PatchbayError("unauthenticated", 'The Authorization header must read "Bearer pb_…".');
};
