import { type FieldError, PatchbayError } from "./errors.ts";
import type { Manifest } from "./manifest.ts";
import { GRANTABLE_PERMISSIONS, isGrantable, type PermissionName } from "./permissions.ts";

type Entry = NonNullable<NonNullable<Manifest["permissions"]>["required"]>[number];
/** A permission that a manifest asks for, in its long form. */
type Requested = Exclude<Entry, string>;

/**
 * What a manifest asks for of this Patchbay. What it would like and this Patchbay does not have is left out; what it requires is
 * not, whether there is such a thing or not.
 */
export const requestsOf = ({
  permissions: { required = [], optional = [] } = {},
}: Pick<Manifest, "permissions">): { required: Requested[]; optional: Requested[] } => ({
  required: required.map(inFull),
  optional: optional.map(inFull).filter(({ name }) => isGrantable(name)),
});

const inFull = (entry: Entry): Requested => (typeof entry === "string" ? { name: entry } : entry);

/** `permission_unavailable` for permissions that are yet to come. `why` begins the sentence: "acme.notes 1.0.0 requires". */
export const ungrantable = (
  why: string,
  names: readonly PermissionName[],
  errors: readonly FieldError[] = [],
): PatchbayError =>
  new PatchbayError(
    "permission_unavailable",
    `${why} ${names.join(", ")}, which this version of Patchbay does not have. ` +
      `Its permissions are ${GRANTABLE_PERMISSIONS.join(", ")}.`,
    { errors, facts: { permissions: names } },
  );
