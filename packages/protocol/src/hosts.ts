/** Host names and addresses as permissions and secrets name them. */

const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const NAME = `${LABEL}(?:\\.${LABEL})*`;
const ADDRESS = "\\[[0-9a-f:.]+\\]";
const PORT = "(?::[1-9]\\d{0,4})?";

/** A name in lower case, `*.name` for all names below it, an IPv6 address in brackets, or `*`. */
export const HOST_PATTERN = `^(?:\\*|(?:\\*\\.)?${NAME}|${ADDRESS})$`;
/** Where a secret may go: the same without `*`, with the port where it is not the default one, and with http:// where it may go in clear. */
export const SECRET_HOST_PATTERN = `^(?:https?://)?(?:(?:\\*\\.)?${NAME}|${ADDRESS})${PORT}$`;
export const MAX_HOST_CHARACTERS = 253;
/** With a scheme and a port. */
export const MAX_SECRET_HOST_CHARACTERS = 270;

/** Whether `pattern` of a host list covers `host`. Both in lower case; `*.a.b` covers `x.a.b` and `x.y.a.b`, not `a.b`. */
export const hostMatches = (pattern: string, host: string): boolean => {
  if (pattern === "*") return true;
  if (pattern.startsWith("*.")) return host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
  return pattern === host;
};

const SECRET_HOST = new RegExp(SECRET_HOST_PATTERN);
const HIGHEST_PORT = 65_535;

/** What is wrong with a host of a secret, going on after the host itself; null when nothing is. */
export const secretHostFault = (host: unknown): string | null => {
  if (typeof host !== "string" || host.length > MAX_SECRET_HOST_CHARACTERS) return "is no host";
  if (host !== host.toLowerCase()) return `must be in lower case: ${host.toLowerCase()}`;
  if (!SECRET_HOST.test(host))
    return "is no host; write api.example.com, *.example.com, api.example.com:8443 or http://api.example.com";
  return placeOf(host).port > HIGHEST_PORT ? `has a port above ${HIGHEST_PORT}` : null;
};

/** Where a request goes. `host` as in an address: IPv6 in brackets. */
export interface Place {
  readonly protocol: "http:" | "https:";
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORTS = { "http:": 80, "https:": 443 } as const;

/** The place of an address of http or https; null for any other. */
export const placeOfUrl = ({ protocol, hostname, port }: URL): Place | null => {
  if (protocol !== "http:" && protocol !== "https:") return null;
  return {
    protocol,
    host: hostname.toLowerCase(),
    port: port === "" ? DEFAULT_PORTS[protocol] : Number(port),
  };
};

const placeOf = (pattern: string): Place => {
  const protocol = pattern.startsWith("http://") ? "http:" : "https:";
  const rest = pattern.replace(/^https?:\/\//, "");
  const port = /:(\d+)$/.exec(rest.startsWith("[") ? rest.slice(rest.indexOf("]")) : rest)?.[1];
  const host = port === undefined ? rest : rest.slice(0, -port.length - 1);
  return { protocol, host, port: port === undefined ? DEFAULT_PORTS[protocol] : Number(port) };
};

/** Whether every place that `inner` stands for is one of `outer`'s too. */
export const secretHostCovers = (outer: string, inner: string): boolean => {
  const { host, ...rest } = placeOf(inner);
  // No label is an x alone by chance: what covers it covers all names below.
  return secretHostMatches(outer, { ...rest, host: host.startsWith("*.") ? `x${host.slice(1)}` : host });
};

/** Whether a secret that names `pattern` among its hosts may go to a place. What names no scheme means https, what names no port the scheme's own. */
export const secretHostMatches = (pattern: string, place: Place): boolean => {
  const allowed = placeOf(pattern);
  return (
    allowed.protocol === place.protocol &&
    allowed.port === place.port &&
    hostMatches(allowed.host, place.host)
  );
};
