import type { PatchbayClient } from "@patchbay/api-client";
import type { MeDto } from "@patchbay/protocol";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { clientOf } from "../api/client.ts";
import { meQuery } from "../api/queries.ts";

type Membership = MeDto["organizations"][number];

const STORAGE_KEY = "patchbay-organization";
const route = getRouteApi("/o/$org");

/** Where the person was last, or the first organization that they belong to; null when there is none. */
export const rememberedOrganization = (organizations: readonly Membership[]): string | null => {
  const remembered = localStorage.getItem(STORAGE_KEY);
  return (organizations.find(({ slug }) => slug === remembered) ?? organizations[0])?.slug ?? null;
};

export const rememberOrganization = (slug: string): void => localStorage.setItem(STORAGE_KEY, slug);

export interface CurrentOrganization {
  /** Slug, as in the address. */
  readonly org: string;
  /** Slug of the chosen project; undefined when all are shown. */
  readonly project: string | undefined;
  readonly client: PatchbayClient;
  /** undefined when the person does not belong to the organization of the address. */
  readonly membership: Membership | undefined;
  /** Whether the person has a right such as `org.plugins.write` in the whole organization. */
  may(right: string): boolean;
  /** Whether they have it in the organization or at least in some project that they manage. */
  maySomewhere(right: string): boolean;
}

/** The organization of the address. Only below `/o/$org`. */
export const useOrganization = (): CurrentOrganization => {
  const { org } = route.useParams();
  const { project } = route.useSearch();
  const { data: me } = useSuspenseQuery(meQuery());
  const membership = me.organizations.find(({ slug }) => slug === org);
  return {
    org,
    project,
    client: clientOf(org),
    membership,
    may: (right) =>
      membership?.rights.some((one) => one.right === right && one.reach === "organization") === true,
    maySomewhere: (right) => membership?.rights.some((one) => one.right === right) === true,
  };
};
