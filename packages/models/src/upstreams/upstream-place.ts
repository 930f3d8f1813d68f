import type { ModelUpstream } from "@patchbay/protocol";
import { ModelFailure } from "../model-failure.ts";

const ANTHROPIC_VERSION = "2023-06-01";

/** Where requests to an upstream go, and what they say beside their body. */
class UpstreamPlace {
  readonly origin: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly #base: URL;
  readonly #addresses = new Map<string, string>();

  /** Throws `ModelFailure` for a base that is no address. */
  constructor(upstream: ModelUpstream) {
    this.#base = baseOf(upstream);
    this.origin = this.#base.origin;
    this.headers = headersOf(upstream);
  }

  /** The address for a path below the base. */
  addressOf(path: string): string {
    const known = this.#addresses.get(path);
    if (known !== undefined) return known;
    const url = new URL(this.#base);
    url.pathname = `${url.pathname.replace(/\/+$/, "")}${path}`;
    this.#addresses.set(path, url.href);
    return url.href;
  }
}

const places = new WeakMap<ModelUpstream, UpstreamPlace>();

/** The same for the same upstream: every request to it asks. Throws `ModelFailure` for a base that is no address. */
export const placeOf = (upstream: ModelUpstream): UpstreamPlace => {
  const place = places.get(upstream) ?? new UpstreamPlace(upstream);
  places.set(upstream, place);
  return place;
};

const baseOf = ({ baseUrl, query = {} }: ModelUpstream): URL => {
  const url = URL.parse(baseUrl);
  if (url === null || url.username !== "" || url.password !== "")
    throw new ModelFailure({
      code: "upstream_failed",
      message: "The address of the model's server is none, or holds a name or a password.",
    });
  url.hash = "";
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
};

const headersOf = ({ format, headers = {} }: ModelUpstream): [string, string][] => {
  const own = new Map<string, string>(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (format === "anthropic-messages" && !own.has("anthropic-version"))
    own.set("anthropic-version", ANTHROPIC_VERSION);
  own.set("content-type", "application/json");
  return [...own];
};
