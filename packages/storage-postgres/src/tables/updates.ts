import type { AutoUpdateRules } from "@patchbay/core";
import type { OsvDto } from "@patchbay/protocol";
import type { Json, JsonOrNull } from "./columns.ts";

interface MarketplaceFeeds {
  place: string;
  digest: string;
  checkedAt: Date;
}

interface Advisories {
  place: string;
  advisoryId: string;
  pluginIds: string[];
  body: Json<OsvDto>;
}

interface BlockedVersions {
  place: string;
  pluginId: string;
  versions: string;
  reason: string;
  blockedAt: string;
}

interface AutoUpdates {
  organizationId: string;
  rules: JsonOrNull<AutoUpdateRules>;
  /** null: nobody has looked since the rules were changed. */
  lookedAt: Date | null;
}

interface AutoUpdateFailures {
  installationId: string;
  version: string;
  code: string;
  message: string;
  failedAt: Date;
}

/** What marketplaces warn of, and how plugins are kept current. */
export interface UpdateTables {
  marketplaceFeeds: MarketplaceFeeds;
  advisories: Advisories;
  blockedVersions: BlockedVersions;
  autoUpdates: AutoUpdates;
  autoUpdateFailures: AutoUpdateFailures;
}
