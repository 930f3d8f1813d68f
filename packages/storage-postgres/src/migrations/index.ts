import type { Kysely } from "kysely";
import { sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { requireNoUnfinishedRestore } from "../backup/unfinished-restore.ts";
import type { Tables } from "../tables.ts";
import { initialTables } from "./001-initial-tables.ts";
import { changeTriggers } from "./002-change-triggers.ts";
import { identities } from "./003-identities.ts";
import { uiBundles } from "./004-ui-bundles.ts";
import { consoleData } from "./005-console-data.ts";
import { artifacts } from "./006-artifacts.ts";
import { policies } from "./007-policies.ts";
import { requests } from "./008-requests.ts";
import { registry } from "./009-registry.ts";
import { trust } from "./010-trust.ts";
import { sources } from "./011-sources.ts";
import { updates } from "./012-updates.ts";
import { signIn } from "./013-sign-in.ts";
import { secretKeys } from "./014-secret-keys.ts";
import { broughtFor } from "./015-brought-for.ts";
import { awaitsEnabling } from "./016-awaits-enabling.ts";
import { durableWork } from "./017-durable-work.ts";
import { keptResponses } from "./018-kept-responses.ts";
import { localServers } from "./019-local-servers.ts";
import { modelRules } from "./020-model-rules.ts";
import { modelAccounts } from "./021-model-accounts.ts";
import { conversations } from "./022-conversations.ts";
import { memory } from "./023-memory.ts";
import { calls } from "./024-calls.ts";
import { toolsets } from "./025-toolsets.ts";
import { endpoints } from "./026-endpoints.ts";
import { mcpServers } from "./027-mcp-servers.ts";

/** In the order of their names. What has been released never changes. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "001-initial-tables": initialTables,
  "002-change-triggers": changeTriggers,
  "003-identities": identities,
  "004-ui-bundles": uiBundles,
  "005-console-data": consoleData,
  "006-artifacts": artifacts,
  "007-policies": policies,
  "008-requests": requests,
  "009-registry": registry,
  "010-trust": trust,
  "011-sources": sources,
  "012-updates": updates,
  "013-sign-in": signIn,
  "014-secret-keys": secretKeys,
  "015-brought-for": broughtFor,
  "016-awaits-enabling": awaitsEnabling,
  "017-durable-work": durableWork,
  "018-kept-responses": keptResponses,
  "019-local-servers": localServers,
  "020-model-rules": modelRules,
  "021-model-accounts": modelAccounts,
  "022-conversations": conversations,
  "023-memory": memory,
  "024-calls": calls,
  "025-toolsets": toolsets,
  "026-endpoints": endpoints,
  "027-mcp-servers": mcpServers,
};

/** Any number will do, as long as nothing else in the database locks it. */
export const MIGRATION_LOCK = 7_072_848_229;

/**
 * Brings the tables up to date. Nodes that start at once wait for each other. Throws with an explanation when a newer
 * Patchbay has used the database, or a restore into it was broken off.
 */
export const migrate = async (db: Kysely<Tables>): Promise<void> => {
  await db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${sql.lit(MIGRATION_LOCK)})`.execute(connection);
    try {
      await run(connection);
    } finally {
      await sql`select pg_advisory_unlock(${sql.lit(MIGRATION_LOCK)})`.execute(connection);
    }
  });
};

const run = async (db: Kysely<Tables>): Promise<void> => {
  const plain = db.withoutPlugins();
  await requireNoUnfinishedRestore(plain);
  const unknown = await unknownMigrations(plain);
  if (unknown.length > 0)
    throw new Error(
      `The database was used by a newer Patchbay (${unknown.join(", ")}). Start that version, or restore a backup.`,
    );
  const { error } = await migratorOf(plain).migrateToLatest();
  if (error !== undefined) throw error;
};

/**
 * Makes the tables of an empty database as a Patchbay had them that knew these migrations. Throws with an explanation when it knew
 * other ones than this Patchbay.
 */
export const migrateTo = async (db: Kysely<unknown>, migrations: readonly string[]): Promise<void> => {
  const known = Object.keys(MIGRATIONS);
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `A newer Patchbay made this backup (${unknown.join(", ")}). Restore it with that version, or a later one.`,
    );
  const last = migrations.at(-1);
  if (last === undefined || migrations.join() !== known.slice(0, migrations.length).join())
    throw new Error("The backup does not say which tables it was made from.");
  const { error } = await migratorOf(db).migrateTo(last);
  if (error !== undefined) throw error;
};

const migratorOf = <T>(db: Kysely<T>): Migrator =>
  new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });

const unknownMigrations = async (db: Kysely<Tables>): Promise<string[]> => {
  const found = await sql<{ exists: boolean }>`
    select to_regclass('kysely_migration') is not null as exists`.execute(db);
  if (found.rows[0]?.exists !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
};
