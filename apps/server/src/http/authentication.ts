import type {} from "@fastify/cookie";
import {
  type Accounts,
  CHANGES,
  type Change,
  type ChangeFeed,
  hashToken,
  type Principal,
  ReadThroughCache,
} from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Site } from "./site.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who is asking; set for every route that does not say `public`. */
    principal: Principal;
  }
  interface FastifyContextConfig {
    /** Answers without asking who calls. */
    public?: boolean;
    /** Takes an API key in the header `x-api-key` too, as clients of Anthropic's format send it. */
    takesKeyHeader?: boolean;
  }
}

const SESSION_COOKIE = "patchbay_session";

/** What is known of a caller is read anew after this long even when nobody said that it changed: keys and sessions end. */
const PRINCIPAL_AGE_MS = 10_000;
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** What came with a request: by which key its caller is held, and what to say when there is none. */
interface Credential {
  readonly key: string;
  readonly refusal: string;
}

interface HeldPrincipal {
  readonly principal: Principal;
  readonly readAt: number;
  /** Key and session end by themselves, too; infinity: never. */
  readonly endsAt: number;
}

/** Finds out who calls: by API key, or by session cookie and then only from the console's own pages. */
export class Authentication {
  readonly #principals: ReadThroughCache<HeldPrincipal | null>;
  readonly #site: Site;

  constructor(accounts: Accounts, changes: ChangeFeed, site: Site) {
    this.#site = site;
    this.#principals = new ReadThroughCache(async (key) => {
      const [kind, hash = ""] = key.split(" ");
      const principal =
        kind === "key" ? await accounts.principalOfKey(hash) : await accounts.principalOfSession(hash);
      if (principal === null) return null;
      const end = principal.key === null ? await accounts.endOfSession(hash) : principal.key.expiresAt;
      return { principal, readAt: performance.now(), endsAt: end?.getTime() ?? Number.POSITIVE_INFINITY };
    });
    changes.subscribe((change) => this.#forget(change));
  }

  register(app: FastifyInstance): void {
    app.decorateRequest("principal");
    // Calls back, since for most requests there is nothing to wait for.
    app.addHook("onRequest", (request, _reply, done) => {
      if (request.routeOptions.config.public === true || request.is404) {
        done();
        return;
      }
      const credential = this.#credentialOf(request);
      const known = this.#known(credential.key);
      if (known !== null) {
        request.principal = known;
        done();
        return;
      }
      this.#read(credential).then((principal) => {
        request.principal = principal;
        done();
      }, done);
    });
  }

  /** Who sent the request, as of now: for answers that last. Throws `unauthenticated` once session or key have ended. */
  async principalOf(request: FastifyRequest): Promise<Principal> {
    const credential = this.#credentialOf(request);
    return this.#known(credential.key) ?? (await this.#read(credential));
  }

  /** Throws `cross_origin` when a browser says that another site's page sent this. */
  requireOwnPage(request: FastifyRequest): void {
    const { origin } = request.headers;
    const site = request.headers["sec-fetch-site"];
    const isForeign =
      origin === undefined
        ? site !== undefined && site !== "same-origin" && site !== "none"
        : origin !== this.#site.originOf(request);
    if (isForeign)
      throw new PatchbayError(
        "cross_origin",
        "This request was sent by a page of another site. Use the console, or an API key.",
      );
  }

  /** The token of the session that the request came with; undefined without one. */
  sessionOf(request: FastifyRequest): string | undefined {
    return this.#site.cookie(request, SESSION_COOKIE);
  }

  setCookie(request: FastifyRequest, reply: FastifyReply, token: string, expires: Date): void {
    this.#site.setCookie(request, reply, SESSION_COOKIE, { value: token, expires, sameSite: "strict" });
  }

  clearCookie(request: FastifyRequest, reply: FastifyReply): void {
    this.#site.clearCookie(request, reply, SESSION_COOKIE);
  }

  #credentialOf(request: FastifyRequest): Credential {
    const bearer = bearerOf(request) ?? keyHeaderOf(request);
    if (bearer !== null)
      return {
        key: `key ${hashToken(bearer)}`,
        refusal: "The API key is not valid: it is mistyped, was deleted or has expired.",
      };
    const token = this.sessionOf(request);
    if (token === undefined)
      throw new PatchbayError(
        "unauthenticated",
        'Sign in, or send an API key as "Authorization: Bearer pb_…".',
      );
    if (!SAFE_METHODS.has(request.method)) this.requireOwnPage(request);
    return { key: `session ${hashToken(token)}`, refusal: "Your session has ended. Sign in again." };
  }

  #known(key: string): Principal | null {
    const held = this.#principals.peek(key);
    const isFresh = held && performance.now() - held.readAt < PRINCIPAL_AGE_MS;
    return isFresh && Date.now() < held.endsAt ? held.principal : null;
  }

  async #read({ key, refusal }: Credential): Promise<Principal> {
    if (this.#principals.peek(key) !== undefined) this.#principals.invalidate(key); // too old
    const held = await this.#principals.get(key);
    if (held) return held.principal;
    throw new PatchbayError("unauthenticated", refusal);
  }

  #forget(change: Change): void {
    const { callers } = CHANGES[change.kind];
    if (callers === "all") this.#principals.clear();
    if (change.kind === "everything") return;
    if (callers === "of_key") this.#principals.invalidate(`key ${change.id}`);
    if (callers === "of_session") this.#principals.invalidate(`session ${change.id}`);
  }
}

const bearerOf = ({ headers: { authorization } }: FastifyRequest): string | null => {
  if (authorization === undefined) return null;
  const [scheme, token] = authorization.split(" ");
  if (scheme?.toLowerCase() === "bearer" && token) return token;
  throw new PatchbayError("unauthenticated", 'The Authorization header must read "Bearer pb_…".');
};

const keyHeaderOf = ({ headers, routeOptions: { config } }: FastifyRequest): string | null => {
  const key = config.takesKeyHeader === true ? headers["x-api-key"] : undefined;
  return typeof key === "string" && key !== "" ? key : null;
};
