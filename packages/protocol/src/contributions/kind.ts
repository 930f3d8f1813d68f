import type { TSchema } from "typebox";
import type { ErrorCode } from "../error-codes.ts";
import type { FieldError, Result } from "../errors.ts";
import type { PermissionName } from "../permissions.ts";

/** Every entry of a manifest's `contributes` has a name, which is unique within its kind. */
export interface NamedEntry {
  readonly name: string;
}

/** What a deployment decides of the manifests that it takes. */
export interface ManifestRules {
  /** The shortest span between two runs of a schedule. */
  readonly minEveryMs: number;
}

/** Title and description of an entry: those of the code go before those of the manifest. */
export const wordsOf = (found: EntryWords, declared: EntryWords | undefined): EntryWords => {
  const title = found.title ?? declared?.title;
  const description = found.description ?? declared?.description;
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
};

interface EntryWords {
  readonly title?: string;
  readonly description?: string;
}

interface CommonKind {
  /** For sentences about one of them and several. */
  readonly words: { readonly one: string; readonly many: string };
  /** The form of an entry in the manifest. */
  readonly entry: TSchema;
  /** Of the list of entries: how many there may be, and what an error message says that it must be. */
  readonly list: { readonly maxItems: number; readonly description: string };
  /**
   * The permission without which an entry has no effect, and the field of the entry that makes it so ("": the entry itself).
   * Entries of a kind that does not say need none.
   */
  permissionOf?(entry: NamedEntry): { readonly name: PermissionName; readonly field: string };
  /** What is wrong with an entry that has the right form. `pointer` is where it stands in the manifest. */
  faultsOf?(entry: NamedEntry, pointer: string, rules: ManifestRules): readonly FieldError[];
  /** The files of the package that an entry names, by field. */
  filesOf?(entry: NamedEntry): Readonly<Record<string, string | undefined>>;
}

/** What server code defines, in the definition's field of the kind's name. It must define the same names as the manifest. */
export interface ServerKind extends CommonKind {
  readonly bundle: "main";
  /** What the sandbox tells of each that it found in the code: an object with its name. */
  readonly found: TSchema;
  /** The code for a call of one that there is not. */
  readonly notFound: ErrorCode;
  /** The manifest's entry for what was found in the code, whose words go before those of the manifest. The error is a sentence. */
  entryOf(found: NamedEntry, declared: NamedEntry | undefined): Result<NamedEntry, string>;
}

/** What the user-interface bundle shows (`ui`), or what the manifest says all about (null). */
export interface ShownKind extends CommonKind {
  readonly bundle: "ui" | null;
}

/** One kind of what plugins contribute: all that the parts of Patchbay need to know about it, whatever they do with it. */
export type ContributionKind = ServerKind | ShownKind;
