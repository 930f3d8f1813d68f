import type { LookupAddress } from "node:dns";
import { lookup as systemLookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { hostMatches, PatchbayError } from "@patchbay/protocol";
import ipaddr from "ipaddr.js";

/** Addresses of which it is held whether they may be reached. */
const MAX_KNOWN_ADDRESSES = 1_000;

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [network: Address, bits: number];

/** All addresses of a name. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

export const lookupAll: Lookup = (hostname) => systemLookup(hostname, { all: true, order: "verbatim" });

/** Ends of names that only a network of one's own knows, by RFC 6761, RFC 6762, RFC 8375 and the habits of companies. */
const OWN_NETWORK = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa)$/;

/** The block from which all public IPv6 addresses come; the rest is unassigned or serves the network itself. */
const PUBLIC_IPV6: Range = [ipaddr.IPv6.parse("2000::"), 3];

/** Which addresses plugins may reach: public ones, and private ones as far as the operator allows them. */
export class AddressRules {
  readonly #allowedHosts: readonly string[];
  readonly #allowedRanges: readonly Range[];
  /** Whether hosts that are addresses may be reached: their answer stays the same. */
  readonly #known = new Map<string, boolean>();

  /** `allowPrivate`: host names, `*.name`, addresses and CIDR ranges. Throws what is none of these. */
  constructor(allowPrivate: readonly string[]) {
    const entries = allowPrivate.map((entry) => ({ entry: entry.toLowerCase(), range: parseRange(entry) }));
    this.#allowedHosts = entries.filter(({ range }) => range === undefined).map(({ entry }) => entry);
    this.#allowedRanges = entries.flatMap(({ range }) => (range === undefined ? [] : [range]));
    const wrong = this.#allowedHosts.find((host) => !/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host));
    if (wrong !== undefined)
      throw new TypeError(`"${wrong}" is neither a host name, an address nor a CIDR range.`);
  }

  /**
   * The addresses of `hostname` (as URLs have it, IPv6 in brackets) that may be reached. Throws `fetch_refused` when there
   * are none of these, and what `lookup` throws.
   */
  async reachable(hostname: string, lookup: Lookup): Promise<readonly LookupAddress[]> {
    const literal = hostname.replace(/^\[|\]$/g, "");
    const addresses = ipaddr.isValid(literal)
      ? [{ address: literal, family: literal.includes(":") ? 6 : 4 }]
      : await lookup(hostname);
    const allowed = addresses.filter(({ address }) => this.#isAllowed(hostname, address));
    if (allowed.length > 0) return allowed;
    throw refused(hostname);
  }

  /** The same for a host that is written as an address, which needs no lookup. Throws `fetch_refused`. */
  requireReachable(literal: string): void {
    const known = this.#known.get(literal);
    const isAllowed = known ?? this.#isAllowed(literal, literal.replace(/^\[|\]$/g, ""));
    if (known === undefined && this.#known.size < MAX_KNOWN_ADDRESSES) this.#known.set(literal, isAllowed);
    if (!isAllowed) throw refused(literal);
  }

  /**
   * Whether a name may be left to a proxy, which looks it up itself: when it leads to an allowed address here, or when it is
   * unknown here and cannot be one of the own network. Throws `fetch_refused`.
   */
  async throughProxy(hostname: string, lookup: Lookup): Promise<void> {
    try {
      await this.reachable(hostname, lookup);
    } catch (error) {
      const isUnknown = !(error instanceof PatchbayError);
      if (isUnknown && (isPublicName(hostname) || this.isExcepted(hostname))) return;
      throw isUnknown ? refused(hostname) : error;
    }
  }

  /** Whether `hostname`, or the address that it is, is among those that the operator allows. */
  isExcepted(hostname: string): boolean {
    const literal = hostname.replace(/^\[|\]$/g, "");
    if (!ipaddr.isValid(literal)) return this.#allowedHosts.some((pattern) => hostMatches(pattern, hostname));
    const address = ipaddr.parse(literal);
    return this.#allowedRanges.some((range) => isWithin(address, range));
  }

  #isAllowed(hostname: string, text: string): boolean {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.parse(text);
    return (
      isPublic(address) ||
      this.#allowedHosts.some((pattern) => hostMatches(pattern, hostname)) ||
      this.#allowedRanges.some((range) => isWithin(address, range))
    );
  }
}

/** Whether a host is written as an address, to which sockets connect without a lookup. */
export const isLiteral = (hostname: string): boolean => isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;

/** A lookup for sockets that knows only addresses that may be reached: what it returns is what is connected to. */
export const lookupWith =
  (addresses: AddressRules, lookup: Lookup): LookupFunction =>
  (hostname, options, callback) => {
    addresses.reachable(hostname, lookup).then(
      (found) => {
        if (options.all) callback(null, [...found]);
        else callback(null, found[0]?.address ?? "", found[0]?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ""),
    );
  };

const refused = (hostname: string): PatchbayError =>
  new PatchbayError(
    "fetch_refused",
    `${hostname} is not a public address, and no others are reached unless the operator allows them.`,
    { facts: { host: hostname } },
  );

const isPublicName = (hostname: string): boolean => hostname.includes(".") && !OWN_NETWORK.test(hostname);

/**
 * Whether an address is one of the public internet. Those that carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo)
 * are not: what they lead to is decided elsewhere.
 */
const isPublic = (address: Address): boolean =>
  address.range() === "unicast" && (address.kind() === "ipv4" || isWithin(address, PUBLIC_IPV6));

const isWithin = (address: Address, [network, bits]: Range): boolean =>
  address.kind() === network.kind() && address.match(network as ipaddr.IPv4 & ipaddr.IPv6, bits);

const parseRange = (entry: string): Range | undefined => {
  const text = entry.replace(/^\[|\]$/g, "");
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
};
