import type { MarketplacePluginDto, RegistryVersionDto } from "@patchbay/protocol";

/** The version that is installed unless somebody names another: the newest one that was not withdrawn, no pre-release if there is a release. */
export const usableVersion = ({ versions, latest }: MarketplacePluginDto): RegistryVersionDto | undefined => {
  const usable = versions.filter(({ yanked }) => yanked === undefined);
  return usable.find(({ version }) => version === latest) ?? usable[0] ?? versions[0];
};
