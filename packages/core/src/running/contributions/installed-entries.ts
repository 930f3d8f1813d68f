import type { KindName } from "@patchbay/protocol";
import type { Stores } from "../../ports/database.ts";
import { type ContributionInForce, type Contributor, entriesInForce } from "./rules.ts";

/** What an organization has installed, with the package that each runs. */
export const listContributors = async (
  { installations, catalog }: Pick<Stores, "installations" | "catalog">,
  organizationId: string,
): Promise<Contributor[]> => {
  const [installed, packages] = await Promise.all([
    installations.list(organizationId),
    catalog.listInstalled(organizationId),
  ]);
  return installed.flatMap((installation) => {
    const versions = packages.get(installation.pluginId);
    const found = versions?.find(({ version }) => version === installation.version);
    return found === undefined ? [] : [{ installation, package: found }];
  });
};

/**
 * All of a kind that is installed with what it needs granted, whether or not the plugin serves now: for what may not be left out because
 * its plugin has failed, and for who decides about it.
 */
export const listInstalledEntries = async <K extends KindName>(
  stores: Pick<Stores, "installations" | "catalog">,
  kind: K,
  organizationId: string,
): Promise<ContributionInForce<K>[]> =>
  (await listContributors(stores, organizationId)).flatMap((one) =>
    entriesInForce(kind, one).map((entry) => ({ ...one, entry })),
  );
