import {
  defaultViewUse,
  type FieldError,
  type Grant,
  hostMatches,
  isGrantable,
  type Manifest,
  normalizePermission,
  PatchbayError,
  type PermissionName,
  type PermissionRequest,
  requestsOf,
  ungrantable,
  VIEW_USES,
  type ViewUse,
} from "@patchbay/protocol";

/** Grants in their long form. */
export const normalizeGrants = (grants: readonly (PermissionName | Grant)[]): Grant[] =>
  grants.map(normalizePermission);

/**
 * Throws `permission_unavailable` for a grant of what this Patchbay does not have, unless it is `held` already, and
 * `grant_invalid` for one that the manifest did not ask for, that reaches further than what it asked for, or that comes twice.
 */
export const requireGrantsAskedFor = (
  manifest: Manifest,
  grants: readonly Grant[],
  held: readonly Grant[] = [],
): void => {
  requireAvailable(grants, held);
  const requests = allRequests(manifest);
  const errors: FieldError[] = [];
  for (const [index, grant] of grants.entries()) {
    const request = requests.find(({ name }) => name === grant.name);
    const pointer = `/grants/${index}`;
    if (request === undefined && isGrantable(grant.name))
      errors.push({ pointer, message: `${manifest.id} does not ask for ${grant.name}.` });
    else if (request !== undefined && !covers(request, grant))
      errors.push({ pointer, message: `${grant.name} would reach further than ${manifest.id} asks for.` });
    if (grants.findIndex(({ name }) => name === grant.name) < index)
      errors.push({ pointer, message: `${grant.name} is granted twice.` });
  }
  if (errors.length === 0) return;
  throw new PatchbayError("grant_invalid", errors[0]?.message ?? "A grant is not valid.", { errors });
};

const requireAvailable = (grants: readonly Grant[], held: readonly Grant[]): void => {
  const names = grants
    .map(({ name }) => name)
    .filter((name) => !isGrantable(name) && !held.some((grant) => grant.name === name));
  if (names.length === 0) return;
  const errors = names.map((name) => ({
    pointer: `/grants/${grants.findIndex((grant) => grant.name === name)}`,
    message: `This version of Patchbay has no ${name}.`,
  }));
  throw ungrantable("The grants name", names, errors);
};

/** Required permissions that no grant names. A grant may be narrower than what was asked for: that is the organization's choice. */
export const missingGrants = (manifest: Manifest, grants: readonly Grant[]): PermissionRequest[] =>
  requestsOf(manifest).required.filter((request) => !grants.some(({ name }) => name === request.name));

/**
 * The grants that an update starts from: those that are held, cut down to what the new version asks for. Narrowings stay.
 * A permission that the new version wants for more (another host, say) is not widened; it is listed as `widened`.
 */
export const carryGrants = (
  held: readonly Grant[],
  from: Manifest,
  to: Manifest,
): { grants: Grant[]; widened: PermissionRequest[] } => {
  const wanted = allRequests(to);
  const asked = allRequests(from);
  const grants = held.flatMap((grant) => {
    const request = wanted.find(({ name }) => name === grant.name);
    if (request === undefined) return [];
    const before = grantWithin(grant, asked);
    // What was left open is what it was then, not what the new version asks for.
    return [
      intersectGrants(
        request.views === undefined ? before : { ...before, views: viewUseOf(before) },
        request,
      ),
    ];
  });
  const widened = requestsOf(to).required.filter((request) => {
    const before = asked.find(({ name }) => name === request.name);
    return (
      before !== undefined &&
      grants.some(({ name }) => name === request.name) &&
      !covers({ ...before, views: viewUseOf(before) }, { ...request, views: viewUseOf(request) })
    );
  });
  return { grants, widened };
};

/** Later grants replace earlier ones of the same name. */
export const overlayGrants = (base: readonly Grant[], over: readonly Grant[]): Grant[] => [
  ...base.filter(({ name }) => !over.some((grant) => grant.name === name)),
  ...over,
];

/** The grant with its limits spelled out: where it leaves a field open, what the manifest asked for is the limit. */
export const grantWithin = (grant: Grant, requests: readonly PermissionRequest[]): Grant => {
  const request = requests.find(({ name }) => name === grant.name);
  return request === undefined ? grant : intersectGrants(grant, request);
};

/** All that a manifest asks for, required first. */
export const allRequests = (manifest: Manifest): readonly PermissionRequest[] => {
  const { required, optional } = requestsOf(manifest);
  return [...required, ...optional];
};

/** Whether everything that `inner` allows is allowed by `outer` too. */
const covers = (outer: Grant, inner: Grant): boolean =>
  listCovers(outer.hosts, inner.hosts, patternCovers) &&
  listCovers(outer.methods, inner.methods) &&
  listCovers(outer.ids, inner.ids, idCovers) &&
  listCovers(outer.streams, inner.streams) &&
  (inner.views === undefined || rankOf(inner.views) <= rankOf(viewUseOf(outer)));

/** What the plugin's views have of a permission, where the manifest's word is in it already. */
export const viewUseOf = ({ name, views }: Grant): ViewUse => views ?? defaultViewUse(name);

const rankOf = (use: ViewUse): number => VIEW_USES.indexOf(use);

/**
 * Whether the limit leaves room for all that the grant allows. Unlike in a manifest, a list that the grant leaves out allows
 * everything, so that no limit covers it but one without the list.
 */
export const isWithin = (limit: Grant, grant: Grant): boolean =>
  covers({ ...limit, views: limit.views ?? "secrets" }, grant) &&
  (["hosts", "methods", "ids", "streams"] as const).every(
    (list) => limit[list] === undefined || grant[list] !== undefined,
  ) &&
  (grant.callsPerMinute ?? Number.POSITIVE_INFINITY) <= (limit.callsPerMinute ?? Number.POSITIVE_INFINITY);

const same = (outer: string, inner: string): boolean => outer === inner;

/** An absent list allows everything; an absent inner list is read as "what was asked for", which is always covered. */
const listCovers = (
  outer: readonly string[] | undefined,
  inner: readonly string[] | undefined,
  covered = same,
): boolean =>
  outer === undefined ||
  inner === undefined ||
  inner.every((one) => outer.some((other) => covered(other, one)));

const patternCovers = (outer: string, inner: string): boolean =>
  outer === inner ||
  outer === "*" ||
  hostMatches(outer, inner.startsWith("*.") ? `x${inner.slice(1)}` : inner);

/** `acme.geo/*` covers `acme.geo/locate`. */
const idCovers = (outer: string, inner: string): boolean =>
  outer === inner || outer === "*" || (outer.endsWith("/*") && inner.startsWith(outer.slice(0, -1)));

/** Whether the grant, with its limits spelled out, reaches what has this id; null where no permission is needed. */
export const allowsId = (grant: Grant | null, id: string): boolean =>
  grant?.ids === undefined || grant.ids.some((outer) => idCovers(outer, id));

/** What both allow. */
export const intersectGrants = (grant: Grant, request: Grant): Grant => {
  const hosts = narrower(grant.hosts, request.hosts, patternCovers);
  const methods = narrower(grant.methods, request.methods);
  const ids = narrower(grant.ids, request.ids, idCovers);
  const streams = narrower(grant.streams, request.streams);
  const callsPerMinute = Math.min(
    grant.callsPerMinute ?? Number.POSITIVE_INFINITY,
    request.callsPerMinute ?? Number.POSITIVE_INFINITY,
  );
  const views = lesserUse(grant, request);
  return {
    name: grant.name,
    ...(views && { views }),
    ...(hosts && { hosts }),
    ...(methods && { methods }),
    ...(ids && { ids }),
    ...(streams && { streams }),
    ...(Number.isFinite(callsPerMinute) && { callsPerMinute }),
  };
};

/** undefined where both leave it open. */
const lesserUse = (grant: Grant, request: Grant): ViewUse | undefined => {
  if (grant.views === undefined) return request.views;
  const asked = viewUseOf(request);
  return rankOf(grant.views) < rankOf(asked) ? grant.views : asked;
};

/** What both lists allow: of each what the other one covers, since either may say less than the other. */
const narrower = (
  held: readonly string[] | undefined,
  asked: readonly string[] | undefined,
  covered = same,
): readonly string[] | undefined => {
  if (held === undefined) return asked;
  if (asked === undefined) return held;
  const within = (outer: readonly string[], inner: readonly string[]) =>
    inner.filter((one) => outer.some((other) => covered(other, one)));
  return [...new Set([...within(asked, held), ...within(held, asked)])];
};
