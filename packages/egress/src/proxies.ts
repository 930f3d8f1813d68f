import ipaddr from "ipaddr.js";

/** Through which proxies requests go. */
export interface ProxySettings {
  /** For http; null: none. */
  readonly http: URL | null;
  /** For https; null: none. */
  readonly https: URL | null;
  /** What is asked directly: names with all below them, addresses, CIDR ranges, each with a port if it has one; `*` for all. */
  readonly except: readonly string[];
}

export const NO_PROXIES: ProxySettings = { http: null, https: null, except: [] };

/** Whether `hostname`, as URLs write it, is this machine. */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(.+\.)?localhost$/.test(hostname) || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);

/** The proxy through which `url` is asked; null for none. This machine is never asked through one. */
export const proxyFor = (url: URL, proxies: ProxySettings): URL | null => {
  const proxy = url.protocol === "https:" ? proxies.https : proxies.http;
  if (proxy === null || isLoopbackHost(url.hostname)) return null;
  return proxies.except.some((entry) => isExcepted(url, entry.toLowerCase())) ? null : proxy;
};

const isExcepted = (url: URL, entry: string): boolean => {
  if (entry === "*") return true;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (ipaddr.isValidCIDR(entry)) return isWithin(host, ipaddr.parseCIDR(entry));
  const { name, port } = parts(entry);
  if (port !== null && port !== portOf(url)) return false;
  if (ipaddr.isValid(name))
    return ipaddr.isValid(host) && ipaddr.parse(host).toString() === ipaddr.parse(name).toString();
  const suffix = name.replace(/^\*?\./, "");
  return suffix !== "" && (host === suffix || host.endsWith(`.${suffix}`));
};

const isWithin = (host: string, [network, bits]: [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean => {
  if (!ipaddr.isValid(host)) return false;
  const address = ipaddr.parse(host);
  return address.kind() === network.kind() && address.match(network as ipaddr.IPv4 & ipaddr.IPv6, bits);
};

/** `name`, `name:port`, `[address]:port` or an address, whose own colons name no port. */
const parts = (entry: string): { name: string; port: string | null } => {
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry) ?? [];
  if (bracketed !== undefined) return { name: bracketed, port: bracketedPort ?? null };
  if (ipaddr.isValid(entry)) return { name: entry, port: null };
  const [, name = entry, port = null] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { name, port };
};

const portOf = ({ port, protocol }: URL): string => port || (protocol === "https:" ? "443" : "80");
