import { isJsonObject } from "./json.ts";

/** Host names and addresses as permissions and secrets name them. */

const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const NAME = `${LABEL}(?:\\.${LABEL})*`;
const ADDRESS = "\\[[0-9a-f:.]+\\]";
const PORT = "(?::[1-9]\\d{0,4})?";
/** The host that a setting says, whose name stands in the braces; one of a group with the group's name and a dot before. */
const SETTING_NAME = "[A-Za-z][A-Za-z0-9_-]{0,63}";
const SETTING = `\\{${SETTING_NAME}(?:\\.${SETTING_NAME}){0,3}\\}`;

/** A name in lower case, `*.name` for all names below it, an IPv6 address in brackets, `*`, or `{setting}` for what a setting says. */
export const HOST_PATTERN = `^(?:\\*|(?:\\*\\.)?${NAME}|${ADDRESS}|${SETTING})$`;
/** Where a secret may go: the same without `*`, with the port where it is not the default one, and with http:// where it may go in clear. */
export const SECRET_HOST_PATTERN = `^(?:(?:https?://)?(?:(?:\\*\\.)?${NAME}|${ADDRESS})${PORT}|${SETTING})$`;
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
/** The setting, and the host that it said, if it is bound. */
const BOUND = /^\{([^}]*)\}(.*)$/;
const HIGHEST_PORT = 65_535;

/** What is wrong with a host of a secret, going on after the host itself; null when nothing is. */
export const secretHostFault = (host: unknown): string | null => {
  if (typeof host !== "string" || host.length > MAX_SECRET_HOST_CHARACTERS) return "is no host";
  if (host !== host.toLowerCase() && settingOfHost(host) === null)
    return `must be in lower case: ${host.toLowerCase()}`;
  if (!SECRET_HOST.test(host))
    return "is no host; write api.example.com, *.example.com, api.example.com:8443, http://api.example.com or {setting}";
  return settingOfHost(host) === null && placeOf(host).port > HIGHEST_PORT
    ? `has a port above ${HIGHEST_PORT}`
    : null;
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

/** The name of the setting that says a host; null for a pattern that says it itself. */
export const settingOfHost = (pattern: string): string | null => BOUND.exec(pattern)?.[1] ?? null;

/**
 * The host of a list as a secret that is given now keeps it: `{setting}` with the host that the setting says at that time behind it.
 * null when it says none, so that the secret goes nowhere. `settings` are those that apply.
 */
export const bindHost = (pattern: string, settings: Readonly<Record<string, unknown>>): string | null => {
  const name = settingOfHost(pattern);
  if (name === null) return pattern;
  const host = hostSaidBy(settingAt(settings, name));
  return host === null ? null : `{${name}}${host}`;
};

/** The same of a permission's list, which is about names and addresses alone. */
export const bindHostName = (pattern: string, settings: Readonly<Record<string, unknown>>): string | null => {
  if (settingOfHost(pattern) === null) return pattern;
  const bound = bindHost(pattern, settings);
  return bound === null ? null : placeOf(boundHost(bound)).host;
};

/** A bound host without the setting that said it. Empty for one that is not bound. */
export const boundHost = (pattern: string): string => BOUND.exec(pattern)?.[2] ?? pattern;

const settingAt = (settings: unknown, name: string): unknown =>
  name
    .split(".")
    .reduce<unknown>(
      (value, part) => (isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined),
      settings,
    );

/** An address or a host, as a setting of the formats `uri` and `hostname` holds it. */
const hostSaidBy = (value: unknown): string | null => {
  if (typeof value !== "string" || value.includes("*")) return null;
  if (!value.includes("://"))
    return secretHostFault(value.toLowerCase()) === null ? value.toLowerCase() : null;
  const place = URL.parse(value);
  const found = place && placeOfUrl(place);
  if (found === null) return null;
  const { protocol, port } = found;
  const host = found.host.replace(/\.$/, "");
  const isDefault = port === DEFAULT_PORTS[protocol];
  return `${protocol === "http:" ? "http://" : ""}${host}${isDefault ? "" : `:${port}`}`;
};

/** Whether every place that `inner` stands for is one of `outer`'s too. What one setting says is covered by what it said. */
export const secretHostCovers = (outer: string, inner: string): boolean => {
  const setting = settingOfHost(inner);
  if (setting !== null && setting === settingOfHost(outer)) return true;
  if (boundHost(inner) === "") return false;
  const { host, ...rest } = placeOf(boundHost(inner));
  // No label is an x alone by chance: what covers it covers all names below.
  return secretHostMatches(outer, { ...rest, host: host.startsWith("*.") ? `x${host.slice(1)}` : host });
};

/**
 * Whether a secret that names `pattern` among its hosts may go to a place. What names no scheme means https, what names no port the
 * scheme's own; what a setting says must be bound.
 */
export const secretHostMatches = (pattern: string, place: Place): boolean => {
  if (boundHost(pattern) === "") return false;
  const allowed = placeOf(boundHost(pattern));
  return (
    allowed.protocol === place.protocol &&
    allowed.port === place.port &&
    hostMatches(allowed.host, place.host)
  );
};
