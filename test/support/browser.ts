const MAX_HOPS = 20;

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Cookies that this answer set, by name; those that it took away are "". */
  readonly cookies: Readonly<Record<string, string>>;
}

/** What a browser does on its way through redirects: it keeps the cookies of each host with its port. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  /** The cookies that `url`'s host has set. */
  jar(url: string | URL): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.#jars.get(host) ?? new Map<string, string>();
    this.#jars.set(host, jar);
    return jar;
  }

  /** One request, without following where it leads. */
  async visit(url: string | URL): Promise<Page> {
    const jar = this.jar(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: { cookie } });
    const cookies: Record<string, string> = {};
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";");
      const name = pair.slice(0, pair.indexOf("="));
      const value = isGone(attributes) ? "" : pair.slice(pair.indexOf("=") + 1);
      cookies[name] = value;
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    const { status, headers } = response;
    return { url: new URL(url), status, headers, body: await response.text(), cookies };
  }

  /** Follows redirects up to a page, or up to the first address of which `stopAt` holds, unvisited. */
  async follow(
    url: string | URL,
    stopAt: (next: URL) => boolean = () => false,
  ): Promise<Page & { next: URL | null }> {
    let page = await this.visit(url);
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      const location = page.headers.get("location");
      if (location === null) return { ...page, next: null };
      const next = new URL(location, page.url);
      if (stopAt(next)) return { ...page, next };
      page = await this.visit(next);
    }
    throw new Error(`More than ${MAX_HOPS} redirects, the last to ${page.url}`);
  }
}

const isGone = (attributes: readonly string[]): boolean =>
  attributes.some((one) => {
    const [name = "", value = ""] = one.trim().split("=");
    if (name.toLowerCase() === "max-age") return Number(value) <= 0;
    return name.toLowerCase() === "expires" && Date.parse(value) <= Date.now();
  });
