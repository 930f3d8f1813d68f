/** Which headers pass between the outside and the code of an endpoint. It answers at the address of the console: nothing of it may act there. */

export type Header = readonly [name: string, value: string];

/** Those of requests that say something to this server alone: who asks, by which way it came, and what belongs to the connection. */
const NOT_FOR_PLUGINS = new Set([
  ...["authorization", "cookie", "cookie2", "proxy-authorization", "x-api-key"],
  ...["connection", "expect", "host", "http2-settings", "keep-alive", "proxy-connection", "te"],
  ...["trailer", "transfer-encoding", "upgrade", "content-length"],
  ...["forwarded", "via", "x-real-ip", "x-original-url", "x-rewrite-url", "x-request-id"],
  ...["true-client-ip", "remote-user", "x-remote-user"],
]);
/** Of proxies, with what they say of whom they have let in. */
const NOT_FOR_PLUGINS_BEGIN = [
  ...["x-forwarded-", "x-patchbay-", "x-envoy-", "cf-", "x-amzn-", "x-auth-request-"],
  ...["x-goog-iap-", "x-goog-authenticated-", "x-ms-client-principal", "x-ms-token-"],
];

/** What of a request's headers the plugin gets, in lower case. `named` are those that `Connection` names: they end here. */
export const headersForPlugin = (headers: readonly Header[]): Header[] => {
  const named = new Set(
    headers
      .filter(([name]) => name === "connection")
      .flatMap(([, value]) => value.toLowerCase().split(","))
      .map((name) => name.trim()),
  );
  return headers.filter(
    ([name]) =>
      !NOT_FOR_PLUGINS.has(name) &&
      !named.has(name) &&
      !NOT_FOR_PLUGINS_BEGIN.some((beginning) => name.startsWith(beginning)),
  );
};

/** What an answer may say of itself. Everything else is left out: cookies, policies, what speaks of the connection or to proxies. */
const FROM_PLUGINS = new Set([
  ...["accept-ranges", "age", "allow", "cache-control", "content-disposition", "content-encoding"],
  ...[
    "content-language",
    "content-location",
    "content-range",
    "content-type",
    "date",
    "deprecation",
    "digest",
  ],
  ...["content-digest", "repr-digest", "etag", "expires", "last-modified", "link", "location", "pragma"],
  ...["preference-applied", "ratelimit", "ratelimit-limit", "ratelimit-policy", "ratelimit-remaining"],
  ...["ratelimit-reset", "retry-after", "server-timing", "sunset", "vary"],
]);
/** Headers of somebody's own are let through, but for those that browsers or proxies do something about. */
const OF_ITS_OWN = /^x-[a-z0-9-]+$/;
const NOT_OF_ITS_OWN =
  /^x-(?:accel-|sendfile|lighttpd-|litespeed|reproxy|forwarded|original-|rewrite-|real-ip|frame-options|content-type-options|content-security-policy|webkit-csp|xss-protection|ua-compatible|dns-prefetch-control|download-options|permitted-cross-domain-policies|request-id|patchbay-|envoy-|amzn-|varnish|cache|http-method-override|powered-by|content-duration|sourcemap|robots-tag)/;

export const mayAnswerWith = (name: string): boolean =>
  FROM_PLUGINS.has(name) || (OF_ITS_OWN.test(name) && !NOT_OF_ITS_OWN.test(name));
