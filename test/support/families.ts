import { randomBytes } from "node:crypto";
import type { PluginSource } from "./packages.ts";

/** So that receiving a package takes a while. */
const RANDOM_BYTES = 150_000;
const REQUIRED = { old: ["storage.scoped"], new: ["metrics.read", "storage.scoped"] } as const;

/** A plugin, what it needs and what that needs; and a newer version of the first, which asks for more. */
export interface Family {
  readonly top: string;
  /** All three, each after what it needs. */
  readonly ids: readonly string[];
  readonly sources: readonly PluginSource[];
}

export const OLD = "1.0.0";
export const NEW = "1.1.0";
/** The names of the grants of the first plugin in its versions. */
export const GRANTS: Readonly<Record<string, readonly string[]>> = {
  [OLD]: REQUIRED.old,
  [NEW]: REQUIRED.new,
};

/** Plugins `PUBLISHER.low-NAME`, `.mid-NAME` and `.top-NAME`, whose tool `version` answers with their version. */
export const familyOf = (publisher: string, name: string | number): Family => {
  const [low, mid, top] = ["low", "mid", "top"].map((part) => `${publisher}.${part}-${name}`) as [
    string,
    string,
    string,
  ];
  const settings = { type: "object", properties: { n: { type: "integer", default: 0 } } };
  const topAt = (version: string) =>
    plugin(top, version, {
      settings,
      dependencies: { [mid]: "^1.0.0" },
      permissions: { required: GRANTS[version] },
    });
  return {
    top,
    ids: [low, mid, top],
    sources: [
      plugin(low, OLD, {}),
      plugin(mid, OLD, { dependencies: { [low]: "^1.0.0" } }),
      topAt(OLD),
      topAt(NEW),
    ],
  };
};

const plugin = (id: string, version: string, manifest: Record<string, unknown>): PluginSource => ({
  id,
  version,
  manifest,
  tools: ["version"],
  code: `export default { tools: { version: { description: "The tool version.", run: () => ${JSON.stringify(version)} } } };`,
  files: { "asset.bin": Buffer.concat([Buffer.alloc(1), randomBytes(RANDOM_BYTES)]) },
});
