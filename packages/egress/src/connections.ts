import type { LookupFunction } from "node:net";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { CONNECT_TIMEOUT_MS, MAX_RESPONSE_HEADER_BYTES } from "./limits.ts";
import { type ProxySettings, proxyFor } from "./proxies.ts";

export interface ConnectionOptions {
  readonly proxies: ProxySettings;
  /** How names become addresses on the direct way. */
  readonly lookup: LookupFunction;
  /** Connections to one server at once. */
  readonly connections: number;
  /** Until an answer begins, and between two pieces of it, in milliseconds. */
  readonly timeoutMs: number;
}

/** Connections to other servers: direct ones, or through the proxies of the environment. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #direct: Agent;
  readonly #proxied = new Map<string, ProxyAgent>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { lookup } = options;
    this.#direct = new Agent({ ...this.#common(), connect: { timeout: CONNECT_TIMEOUT_MS, lookup } });
  }

  /** What sends a request to `url`, and the proxy through which it goes; null for the direct way. */
  to(url: URL): { readonly dispatcher: Dispatcher; readonly proxy: URL | null } {
    const proxy = proxyFor(url, this.#options.proxies);
    return { dispatcher: proxy === null ? this.#direct : this.#through(proxy), proxy };
  }

  /** Breaks off all connections. */
  async close(): Promise<void> {
    await Promise.all([this.#direct, ...this.#proxied.values()].map((agent) => agent.destroy()));
  }

  #through(proxy: URL): ProxyAgent {
    const known = this.#proxied.get(proxy.href);
    if (known !== undefined) return known;
    const agent = new ProxyAgent({
      ...this.#common(),
      uri: proxy.href,
      proxyTls: { timeout: CONNECT_TIMEOUT_MS },
      requestTls: { timeout: CONNECT_TIMEOUT_MS },
    });
    this.#proxied.set(proxy.href, agent);
    return agent;
  }

  #common() {
    const { connections, timeoutMs } = this.#options;
    return {
      allowH2: false,
      connections,
      maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    };
  }
}
