import type { InstallationState } from "@patchbay/protocol";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Installation } from "../../ports/installation-store.ts";
import { InstalledGraph } from "./installed-graph.ts";

export type Dependencies = Readonly<Record<string, string>>;

/** A version of a catalog as far as dependencies go: `version("a@1.0.0", { b: "^1.0.0" })`. */
export const version = (name: string, dependencies: Dependencies = {}, engine = "^1.0.0"): PackageVersion => {
  const [id = "", number = ""] = name.split("@");
  const manifest = { id, version: number, engines: { patchbay: engine }, dependencies };
  return { pluginId: id, version: number, manifest } as unknown as PackageVersion;
};

/** Something installed; enabled unless told. */
export const node = (name: string, dependencies: Dependencies = {}, state: InstallationState = "enabled") => {
  const { pluginId, version: number, manifest } = version(name, dependencies);
  const transition = state === "enabling" ? { kind: "enable" } : null;
  const installation = { pluginId, version: number, state, transition } as unknown as Installation;
  return { installation, manifest, isHidden: false };
};

export const graphOf = (...nodes: readonly ReturnType<typeof node>[]): InstalledGraph =>
  new InstalledGraph(nodes);
