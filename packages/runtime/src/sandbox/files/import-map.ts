import { builtinModules } from "node:module";

/** Modules of Deno's own making or of other versions of Node, which this Node's list does not have. */
const MORE_BUILTINS = [
  "_http_agent",
  "_http_client",
  "_http_common",
  "_http_incoming",
  "_http_outgoing",
  "_http_server",
  "_stream_duplex",
  "_stream_passthrough",
  "_stream_readable",
  "_stream_transform",
  "_stream_wrap",
  "_stream_writable",
  "_tls_common",
  "_tls_wrap",
  "cluster",
  "inspector/promises",
  "quic",
  "sea",
  "sqlite",
  "sys",
  "test",
  "test/mock_loader",
  "test/reporters",
  "trace_events",
  "wasi",
];

/**
 * An import map in which no module of the runtime can be imported. Without it, `import("node:process")` works in any code
 * that a sandbox evaluates, permissions or not; the guest hands out the harmless ones through `require`.
 */
export const importMap = (): { imports: Record<string, null> } => {
  const names = new Set([...builtinModules, ...MORE_BUILTINS].map((name) => name.replace(/^node:/, "")));
  const entries = [...names].flatMap((name) => [
    [name, null],
    [`node:${name}`, null],
  ]);
  return { imports: Object.fromEntries(entries) };
};
