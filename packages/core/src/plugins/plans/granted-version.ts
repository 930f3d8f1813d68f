import { type FieldError, type Grant, PatchbayError, type PermissionName } from "@patchbay/protocol";
import { missingGrants, normalizeGrants, requireGrantsAskedFor } from "../../access/grants.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Plan } from "../dependencies/planning.ts";
import type { ResolvableVersion } from "../dependencies/resolution.ts";

/** A version that is about to be installed, with what it may do. */
export interface GrantedVersion<V extends ResolvableVersion = PackageVersion> {
  readonly version: V;
  readonly grants: readonly Grant[];
}

interface GivenGrants {
  readonly grants?: readonly (PermissionName | Grant)[];
  readonly dependencies?: Readonly<Record<string, { readonly grants?: readonly (PermissionName | Grant)[] }>>;
}

/**
 * Gives each plugin of the plan what was granted to it. Throws `grant_invalid` for what none of them asked for, and
 * `grants_required` (422) unless everything that they require is granted: `missing` is the wanted plugin's, `dependencies`
 * lists the others'.
 */
export const grantAll = <V extends ResolvableVersion>(
  plan: Plan<V>,
  given: GivenGrants,
): { wanted: GrantedVersion<V>; along: readonly GrantedVersion<V>[] } => {
  const strangers = Object.keys(given.dependencies ?? {}).filter(
    (id) => plan.graph.find(id) === undefined && !plan.along.some(({ pluginId }) => pluginId === id),
  );
  if (strangers.length > 0) throw notComingAlong(plan, strangers);
  const wanted = grant(plan.wanted, given.grants, "");
  const along = plan.along.map((version) => {
    const { pluginId } = version;
    return grant(version, given.dependencies?.[pluginId]?.grants, `/dependencies/${pluginId}`);
  });
  requireAllGranted(wanted, along);
  return { wanted, along };
};

const grant = <V extends ResolvableVersion>(
  version: V,
  given: readonly (PermissionName | Grant)[] = [],
  pointer: string,
): GrantedVersion<V> => {
  const grants = normalizeGrants(given);
  try {
    requireGrantsAskedFor(version.manifest, grants);
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error;
    const errors: FieldError[] = error.errors.map((one) => ({ ...one, pointer: `${pointer}${one.pointer}` }));
    throw new PatchbayError(error.code, error.message, { errors, cause: error });
  }
  return { version, grants };
};

const requireAllGranted = <V extends ResolvableVersion>(
  wanted: GrantedVersion<V>,
  along: readonly GrantedVersion<V>[],
): void => {
  const lacking = [wanted, ...along]
    .map(({ version, grants }) => ({ version, missing: missingGrants(version.manifest, grants) }))
    .filter(({ missing }) => missing.length > 0);
  if (lacking.length === 0) return;
  const words = lacking.map(
    ({ version, missing }) =>
      `"${version.pluginId}" cannot work without ${missing.map(({ name }) => name).join(", ")}`,
  );
  const dependencies = lacking
    .filter(({ version }) => version !== wanted.version)
    .map(({ version: { pluginId, version }, missing }) => ({ plugin: pluginId, version, missing }));
  throw new PatchbayError(
    "grants_required",
    `${words.join("; ")}. Grant it to install ${lacking.length === 1 && dependencies.length === 0 ? "the plugin" : "them together"}.`,
    {
      status: 422,
      facts: {
        missing: missingGrants(wanted.version.manifest, wanted.grants),
        ...(dependencies.length > 0 && { dependencies }),
      },
    },
  );
};

const notComingAlong = (
  { wanted }: Pick<Plan<ResolvableVersion>, "wanted">,
  ids: readonly string[],
): PatchbayError => {
  const detail = `${ids.join(", ")} would not be installed with "${wanted.pluginId}".`;
  const errors = ids.map((id) => ({ pointer: `/dependencies/${id}`, message: "It does not come along." }));
  return new PatchbayError("grant_invalid", detail, { errors });
};
