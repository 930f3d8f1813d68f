import type { FieldError } from "../errors.ts";
import type { Manifest } from "../manifest.ts";
import type { PermissionName } from "../permissions.ts";
import { entriesOf } from "./entries.ts";
import { KIND_NAMES, type KindName, kindOf } from "./index.ts";
import type { ManifestRules } from "./kind.ts";

/** What a manifest lacks that names no such bundle. */
const LACKING = { main: "server bundle that could run them", ui: "bundle that could show them" } as const;

/** Faults of what a manifest contributes, beyond the form. `asked` are the permissions that it asks for. */
export const checkContributions = (
  manifest: Manifest,
  asked: ReadonlySet<PermissionName>,
  rules: ManifestRules,
): FieldError[] => [
  ...checkNames(manifest),
  ...KIND_NAMES.flatMap((kind) => checkEntries(manifest, kind, asked, rules)),
  ...checkBundles(manifest),
];

/** Names are unique in every list, of kinds that are not built yet too. */
const checkNames = (manifest: Manifest): FieldError[] =>
  Object.entries(manifest.contributes ?? {}).flatMap(([kind, list]) => {
    const seen = new Set<string>();
    return list.flatMap(({ name }, index) => {
      const isSecond = seen.has(name);
      seen.add(name);
      const pointer = `/contributes/${kind}/${index}/name`;
      return isSecond ? [{ pointer, message: `"${name}" is listed twice in ${kind}.` }] : [];
    });
  });

const checkEntries = (
  manifest: Manifest,
  name: KindName,
  asked: ReadonlySet<PermissionName>,
  rules: ManifestRules,
): FieldError[] => {
  const kind = kindOf(name);
  return entriesOf(manifest, name).flatMap((entry, index) => {
    const pointer = `/contributes/${name}/${index}`;
    const faults = kind.faultsOf?.(entry, pointer, rules) ?? [];
    const needed = kind.permissionOf?.(entry);
    if (needed === undefined || asked.has(needed.name)) return faults;
    const message = `The ${kind.words.one} "${entry.name}" needs the permission ${needed.name}; add "${needed.name}" to permissions.required.`;
    return [...faults, { pointer: needed.field === "" ? pointer : `${pointer}/${needed.field}`, message }];
  });
};

const checkBundles = (manifest: Manifest): FieldError[] => {
  const used = KIND_NAMES.filter((name) => entriesOf(manifest, name).length > 0);
  const missing = used.flatMap((name) => {
    const { bundle, words } = kindOf(name);
    if (bundle === null || manifest[bundle] !== undefined) return [];
    const message = `The plugin contributes ${words.many}, but ${bundle} names no ${LACKING[bundle]}.`;
    return [{ pointer: `/${bundle}`, message }];
  });
  // A plugin may consist of what needs no code.
  const isSomething =
    manifest.main !== undefined ||
    manifest.ui !== undefined ||
    used.some((name) => kindOf(name).bundle === null);
  if (missing.length > 0 || isSomething) return missing;
  const message =
    "There is nothing to run: name a server bundle in main, a user-interface bundle in ui, or both.";
  return [{ pointer: "/main", message }];
};
