import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * Where browsers find this server: an origin and, where a reverse proxy has given it a part of a host, a path below which all is. Cookies are not told apart by port, so their names are: two servers of one host, or one behind two
 * tunnels, do not sign people out of each other.
 */
export class Site {
  readonly #publicUrl: URL | null;
  #listening = "";

  /** Before the path of every address: empty, or such as `/patchbay`. */
  readonly base: string;

  /** `publicUrl` is what the operator has said; null when nothing was. */
  constructor(publicUrl: URL | null) {
    this.#publicUrl = publicUrl;
    this.base = publicUrl === null ? "" : publicUrl.pathname.replace(/\/$/, "");
  }

  /** To be told once the server listens. */
  listensAt(origin: string): void {
    this.#listening = origin;
  }

  /** The origin that it listens at; empty until it does. */
  get listening(): string {
    return this.#listening;
  }

  /** As the operator has said; null when nothing was. */
  get publicUrl(): string | null {
    return this.#publicUrl === null ? null : `${this.#publicUrl.origin}${this.base}`;
  }

  /** For links that no request asks for: without a slash at its end. */
  get address(): string {
    return `${this.#origin}${this.base}`;
  }

  get #origin(): string {
    return this.#publicUrl?.origin ?? this.#listening;
  }

  /** What a request asks for, without the path that a proxy has left before it. */
  pathOf(url: string): string {
    const rest = url.startsWith(this.base) ? url.slice(this.base.length) : url;
    return rest.startsWith("/") ? rest : rest === "" || rest.startsWith("?") ? `/${rest}` : url;
  }

  /** Where this server is for whoever sent the request: `originOf` with the path, without a slash at its end. */
  addressOf(request: FastifyRequest): string {
    return `${this.originOf(request)}${this.base}`;
  }

  /**
   * The origin of the page that sent the request, if it is one of ours: as the operator has said; otherwise the loopback address that
   * the visitor used, which a tunnel or a mapped port may have given another name or port. No other site can be at such an address.
   */
  originOf(request: FastifyRequest): string {
    if (this.#publicUrl === null && isLoopback(request.hostname) && ENDS_IN_PORT.test(request.host))
      return `${request.protocol}://${request.host}`;
    return this.#origin;
  }

  isSecure(request: FastifyRequest): boolean {
    return this.originOf(request).startsWith("https:");
  }

  /** With https bound to the host for good: no neighbour under the same domain can set it. Below a path only to what is secure. */
  cookieName(request: FastifyRequest, base: string): string {
    const { protocol, port } = new URL(this.originOf(request));
    const name = port === "" ? base : `${base}_${port}`;
    if (protocol !== "https:") return name;
    return this.base === "" ? `__Host-${name}` : `__Secure-${name}`;
  }

  /** A cookie for this server's pages alone, until `expires`. */
  setCookie(
    request: FastifyRequest,
    reply: FastifyReply,
    base: string,
    { value, expires, sameSite }: { value: string; expires: Date; sameSite: "strict" | "lax" },
  ): void {
    const secure = this.isSecure(request);
    reply.setCookie(this.cookieName(request, base), value, {
      path: this.#cookiePath,
      httpOnly: true,
      sameSite,
      secure,
      expires,
    });
  }

  clearCookie(request: FastifyRequest, reply: FastifyReply, base: string): void {
    reply.clearCookie(this.cookieName(request, base), {
      path: this.#cookiePath,
      secure: this.isSecure(request),
    });
  }

  get #cookiePath(): string {
    return this.base === "" ? "/" : this.base;
  }

  cookie(request: FastifyRequest, base: string): string | undefined {
    return request.cookies[this.cookieName(request, base)];
  }
}

/** The host that a request names is text that anybody may write: nothing but a port follows its name. */
const ENDS_IN_PORT = /^[^:@/?#\\]*(?::\d{1,5})?$|^\[::1\](?::\d{1,5})?$/;

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\]|::1)$/.test(host);
