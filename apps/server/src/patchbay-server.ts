import { readdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ArtifactSynchronization, Database, Housekeeping } from "@patchbay/core";
import { PostgresDatabase } from "@patchbay/storage-postgres";
import { startEmbeddedPostgres } from "@patchbay/storage-postgres/embedded";
import type { Logger } from "pino";
import { createApp } from "./app.ts";
import { type Chore, startChores } from "./background.ts";
import { composeNode, type Node } from "./compose-node.ts";
import type { Configuration } from "./config/configuration.ts";
import { openDataFolder } from "./config/data-folder.ts";
import { asDomainLog } from "./domain-log.ts";
import type { App } from "./http/route.ts";
import type { Services } from "./http/services.ts";
import { Site } from "./http/site.ts";
import { createFirstAdministrator } from "./process/first-administrator.ts";
import { FIRST_REFRESH_MS, REFRESH_EVERY_MS } from "./sources/limits.ts";

/** Where packed built-in plugins lie: made by the build, beside the sources. */
const BUILTINS_FOLDER = join(import.meta.dirname, "../../../build/plugins");
/** How long an installation stays as a write that failed has left it, once writing works again. */
const SETTLE_EVERY_MS = 3_000;
const TIDY_EVERY_MS = 5 * 60 * 1000;
/** How long a start waits for artifacts that enabled plugins need; what is missing then is fetched meanwhile, or when it is used. */
const SYNCHRONIZATION_WAIT_MS = 3_000;
/** How often it is read what sandboxes use: a reading takes a tenth of a millisecond for each. */
const SAMPLE_EVERY_MS = 5_000;
/** A version that a marketplace blocks has to be off within a minute. */
const ADVISORIES_EVERY_MS = 20_000;
/** How often it is asked which organization's turn it is. */
const UPDATES_EVERY_MS = 60_000;

export interface RunningServer {
  /** Where browsers and clients find it. */
  readonly url: string;
  /** A one-time address for the first administrator; null when there is one. */
  readonly setupUrl: string | null;
  /** Stops everything that was started, in order. May be called more than once. */
  close(): Promise<void>;
}

/** Starts everything: database, stores, domain, sandboxes, HTTP. Throws after taking back what it had started. */
export const startServer = async (configuration: Configuration, log: Logger): Promise<RunningServer> => {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => log.warn({ err: error }, "a part did not stop cleanly"));
    }
  };
  try {
    const folder = await openDataFolder(configuration.dataDir);
    const database = await openDatabase(configuration, log, closers);
    const node = await composeNode(configuration, folder, database, log, closers);
    return { ...(await serve(configuration, node, log, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
};

const openDatabase = async (
  configuration: Configuration,
  log: Logger,
  closers: (() => Promise<void>)[],
): Promise<Database> => {
  const domainLog = asDomainLog(log);
  if (configuration.databaseUrl !== null) {
    const database = await PostgresDatabase.connect(
      { connectionString: configuration.databaseUrl },
      domainLog,
    );
    closers.push(() => database.close());
    return database;
  }
  const embedded = await startEmbeddedPostgres({ dataDir: configuration.dataDir, log });
  closers.push(() => embedded.stop());
  const database = await PostgresDatabase.connect(embedded.connection, domainLog);
  closers.push(() => database.close());
  return database;
};

const serve = async (
  configuration: Configuration,
  node: Node,
  log: Logger,
  closers: (() => Promise<void>)[],
) => {
  const { services, metrics, housekeeping, synchronization, own } = node;
  const site = new Site(configuration.publicUrl);
  const app = await createApp({
    services,
    metrics,
    logger: log,
    site,
    trustedProxies: configuration.trustedProxies,
    strangersPerSecond: configuration.strangersPerSecond,
    role: configuration.role,
  });
  closers.push(async () => await app.close());
  await createFirstAdministrator(configuration, services);
  if (configuration.role === "all") await preparePlugins(services, housekeeping, synchronization, log);
  await listen(app, configuration);
  const listening = `http://${hostInUrl(configuration.host)}:${(app.server.address() as AddressInfo).port}`;
  site.listensAt(listening);
  Object.assign(own, { listening, public: site.address });
  closers.push(startChores(choresOf(node, configuration.role), log));
  const setupToken = await services.accounts.createSetupToken();
  return { url: site.address, setupUrl: setupToken === null ? null : `${site.address}/setup#${setupToken}` };
};

/** A registry alone looks after no plugins. */
const choresOf = (
  { services, housekeeping, sampler }: Node,
  role: Configuration["role"],
): readonly Chore[] => {
  const tidying: Chore = {
    ...{ failure: "tidying failed", everyMs: TIDY_EVERY_MS },
    run: () => housekeeping.tidy(),
  };
  if (role === "registry") return [tidying];
  const { sources, advisories, autoUpdates } = services;
  return [
    tidying,
    {
      ...{ failure: "changes that were cut short were not settled", everyMs: SETTLE_EVERY_MS },
      run: () => housekeeping.settleOwn(),
    },
    {
      ...{ failure: "it was not read what sandboxes use", everyMs: SAMPLE_EVERY_MS },
      run: async () => sampler.sample(),
    },
    {
      ...{
        failure: "newer versions were not looked for",
        everyMs: REFRESH_EVERY_MS,
        firstMs: FIRST_REFRESH_MS,
      },
      run: () => sources.refresh.run(),
    },
    {
      ...{ failure: "advisories were not read", everyMs: ADVISORIES_EVERY_MS, firstMs: 1_000 },
      run: () => advisories.refresh(),
    },
    {
      ...{ failure: "updates were not looked after", everyMs: UPDATES_EVERY_MS },
      run: () => autoUpdates.run(),
    },
  ];
};

const preparePlugins = async (
  { builtins }: Services,
  housekeeping: Housekeeping,
  synchronization: ArtifactSynchronization,
  log: Logger,
): Promise<void> => {
  await builtins.admit(await builtinPackages());
  await housekeeping.recoverOwn();
  await builtins.spread();
  await Promise.race([
    synchronization
      .run()
      .catch((error: unknown) => log.warn({ err: error }, "artifacts were not looked for")),
    sleep(SYNCHRONIZATION_WAIT_MS, undefined, { ref: false }),
  ]);
};

const listen = async (app: App, { host, port }: Configuration): Promise<void> => {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(
      `Port ${port} of ${host} is in use. Stop what listens there, or set PATCHBAY_PORT to another port (0 picks a free one).`,
    );
  }
};

const hostInUrl = (host: string): string => {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
};

const builtinPackages = async (): Promise<string[]> => {
  const names = await readdir(BUILTINS_FOLDER).catch(() => []);
  return names
    .filter((name) => name.endsWith(".zip"))
    .sort()
    .map((name) => join(BUILTINS_FOLDER, name));
};
