import { randomUUID } from "node:crypto";
import {
  ArtifactCollection,
  type ArtifactStore,
  Backups,
  type Database,
  Retention,
  type World,
} from "@patchbay/core";
import { PostgresDatabase } from "@patchbay/storage-postgres";
import { startEmbeddedPostgres } from "@patchbay/storage-postgres/embedded";
import type { Logger } from "pino";
import packageJson from "../../package.json" with { type: "json" };
import { openArtifacts } from "../artifacts/server-artifacts.ts";
import type { Configuration } from "../config/configuration.ts";
import { type DataFolder, openDataFolder } from "../config/data-folder.ts";
import { backupRoutes } from "../http/routes/backup.ts";
import { asDomainLog } from "../process/domain-log.ts";
import type { Module } from "./module.ts";

const RETENTION_EVERY_MS = 5 * 60_000;

/** Where everything is kept, and what the domain takes from its surroundings. */
export interface Storage extends Module {
  readonly folder: DataFolder;
  readonly database: Database;
  /** Further connections to the database, which are the caller's to end. */
  readonly openPool: PostgresDatabase["openPool"];
  readonly artifacts: ArtifactStore;
  readonly world: World;
}

/** Opens the data folder, the database and the artifact store. Throws after closing what it had opened. */
export const openStorage = async (configuration: Configuration, log: Logger): Promise<Storage> => {
  await using opening = new AsyncDisposableStack();
  const folder = await openDataFolder(configuration.dataDir);
  const database = await openDatabase(configuration, log, opening);
  const { store: artifacts, close } = await openArtifacts(
    folder.artifacts,
    configuration.s3,
    database.artifacts,
    log,
  );
  opening.defer(close);
  const world: World = {
    now: () => new Date(),
    newId: randomUUID,
    nodeId: folder.nodeId,
    patchbayVersion: packageJson.version,
    log: asDomainLog(log),
  };
  const backups = new Backups(database, artifacts, world);
  const retention = new Retention(database, new ArtifactCollection(database, artifacts, world), world);
  const opened = opening.move();
  return {
    folder,
    database,
    openPool: (max) => database.openPool(max),
    artifacts,
    world,
    routes: (app) => backupRoutes(app, { backups }),
    chores: [
      {
        name: "retention",
        per: "deployment",
        failure: "what is too old was not removed",
        everyMs: RETENTION_EVERY_MS,
        run: () => retention.run(),
      },
    ],
    close: () => opened.disposeAsync(),
  };
};

const openDatabase = async (
  { databaseUrl, dataDir }: Configuration,
  log: Logger,
  opening: AsyncDisposableStack,
): Promise<PostgresDatabase> => {
  const embedded = databaseUrl === null ? await startEmbeddedPostgres({ dataDir, log }) : null;
  if (embedded !== null) opening.defer(() => embedded.stop());
  const database = await PostgresDatabase.connect(
    embedded?.connection ?? { connectionString: databaseUrl ?? "" },
    asDomainLog(log),
  );
  opening.defer(() => database.close());
  return database;
};
