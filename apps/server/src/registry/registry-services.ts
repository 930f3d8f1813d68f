import {
  type ArtifactStore,
  type Database,
  type DomainReader,
  InstallCounts,
  RegistryModeration,
  RegistryNotices,
  RegistryPublishers,
  RegistryPublishing,
  type World,
} from "@patchbay/core";
import { RegistryDocuments } from "./registry-documents.ts";

/** The registry, as its routes use it. */
export interface RegistryServices {
  readonly publishers: RegistryPublishers;
  readonly publishing: RegistryPublishing;
  readonly moderation: RegistryModeration;
  readonly notices: RegistryNotices;
  readonly documents: RegistryDocuments;
  readonly installs: InstallCounts;
  readonly artifacts: ArtifactStore;
}

export const createRegistry = (parts: {
  database: Database;
  artifacts: ArtifactStore;
  domains: DomainReader;
  world: World;
}): RegistryServices => {
  const { database, artifacts, domains, world } = parts;
  const publishers = new RegistryPublishers(database, domains, world);
  const documents = new RegistryDocuments(database, artifacts);
  const installs = new InstallCounts(database.registry.packages, world);
  return {
    publishers,
    documents,
    installs,
    artifacts,
    publishing: new RegistryPublishing({ database, artifacts, publishers, world }),
    moderation: new RegistryModeration(database, publishers),
    notices: new RegistryNotices(database, publishers, world),
  };
};
