import type { Manifest } from "../manifest.ts";
import {
  type Contribution,
  type FoundContributions,
  KIND_NAMES,
  type KindName,
  kindOf,
  SERVER_KIND_NAMES,
  type ServerKindName,
} from "./index.ts";

type Contributing = Pick<Manifest, "contributes">;

/** What a manifest lists of a kind. */
export const entriesOf = <K extends KindName>({ contributes }: Contributing, kind: K): Contribution<K>[] =>
  (contributes?.[kind] ?? []) as Contribution<K>[];

/** The files of the package that entries name, each with where, such as `contributes.views[0].icon`. */
export const contributedFiles = (manifest: Contributing): { path: string; field: string }[] =>
  KIND_NAMES.flatMap((kind) =>
    entriesOf(manifest, kind).flatMap((entry, index) =>
      Object.entries(kindOf(kind).filesOf?.(entry) ?? {}).flatMap(([field, path]) =>
        path === undefined ? [] : { path, field: `contributes.${kind}[${index}].${field}` },
      ),
    ),
  );

/** The names that a manifest lists of what server code defines. A kind that is absent has none. */
export type DeclaredNames = Readonly<Partial<Record<ServerKindName, readonly string[]>>>;

export const declaredNames = (manifest: Contributing): DeclaredNames =>
  Object.fromEntries(
    SERVER_KIND_NAMES.map((kind) => [kind, entriesOf(manifest, kind).map(({ name }) => name)]),
  );

/** Where a manifest and the code that belongs to it do not say the same. */
export interface Disagreement {
  readonly kind: ServerKindName;
  /** Names that the manifest lists and the code does not define. */
  readonly missing: readonly string[];
  /** Names that the code defines and the manifest does not list. */
  readonly unlisted: readonly string[];
}

/** One for each kind in which they differ; none when they agree. */
export const disagreements = (declared: DeclaredNames, found: FoundContributions): Disagreement[] =>
  SERVER_KIND_NAMES.map((kind): Disagreement => {
    const defined = new Set(found[kind].map(({ name }) => name));
    const listed = new Set(declared[kind]);
    return {
      kind,
      missing: [...listed].filter((name) => !defined.has(name)),
      unlisted: [...defined].filter((name) => !listed.has(name)),
    };
  }).filter(({ missing, unlisted }) => missing.length + unlisted.length > 0);
