import type { Manifest } from "@patchbay/protocol";
import { manifestOf, type PluginSource } from "../../support/packages.ts";

/** A plugin as it is in a catalog: its manifest, and its code as sandboxes run it. */
export interface TestPlugin {
  readonly manifest: Manifest;
  readonly script: string;
}

interface Parts {
  readonly version?: string;
  /** What else the manifest says. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** A plugin that does nothing. */
export const plain = (id: string, parts: Parts = {}): TestPlugin =>
  pluginOf(id, parts, [], "return { default: {} };");

/** A plugin with a tool `run`, whose function is given as it is written. */
export const running = (id: string, run: string, parts: Parts = {}): TestPlugin =>
  pluginOf(
    id,
    parts,
    ["run"],
    `return { default: { tools: { run: { description: "Runs.", run: ${run} } } } };`,
  );

interface ProvidingParts {
  /** The tool's function and `onActivate`, as they are written. */
  readonly run: string;
  readonly activate?: string;
  readonly upstream?: "direct";
}

/** A plugin with a provider of chat models, which is given as it is written, and a tool `run`. */
export const providing = (
  id: string,
  name: string,
  provider: string,
  { run, activate, upstream, manifest = {} }: Pick<Parts, "manifest"> & ProvidingParts,
): TestPlugin => {
  const models = [{ name, kinds: ["chat"], ...(upstream && { upstream }) }];
  const { contributes } = manifestOf({ id, version: "1.0.0", code: "", tools: ["run"] }) as Manifest;
  return pluginOf(
    id,
    { manifest: { ...manifest, contributes: { ...contributes, models } } },
    ["run"],
    `return { default: { ${activate === undefined ? "" : `onActivate: ${activate}, `}tools: { run: { description: "Runs.", run: ${run} } }, models: { ${name}: ${provider} } } };`,
  );
};

/** A plugin that cannot be started. */
export const failing = (id: string, parts: Parts = {}): TestPlugin =>
  pluginOf(id, parts, [], `return { default: { onActivate() { throw new Error("never"); } } };`);

const pluginOf = (
  id: string,
  { version = "1.0.0", manifest = {} }: Parts,
  tools: readonly string[],
  script: string,
): TestPlugin => ({
  manifest: manifestOf({ id, version, code: "", tools, manifest }) as Manifest,
  script: `"use strict"; ${script}`,
});

/** The same as what becomes a package: its code has to be converted when it comes in, which takes a moment. */
export const sourceOf = (id: string, { version = "1.0.0", manifest = {} }: Parts = {}): PluginSource => ({
  id,
  version,
  code: "export default {};",
  manifest,
});
