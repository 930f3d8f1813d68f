/**
 * The modules that plugin code may import by name, with or without `node:`; everything else must be in the package.
 * The converter leaves them as `require("node:NAME")` and refuses all others; the guest answers exactly these. None of
 * them reaches files, processes or the network.
 */
export const SANDBOX_MODULES = [
  "assert",
  "assert/strict",
  "buffer",
  "crypto",
  "events",
  "path",
  "path/posix",
  "path/win32",
  "punycode",
  "querystring",
  "stream",
  "stream/consumers",
  "stream/promises",
  "stream/web",
  "string_decoder",
  "timers",
  "timers/promises",
  "url",
  "util",
  "util/types",
  "zlib",
] as const;

export type SandboxModule = (typeof SANDBOX_MODULES)[number];
