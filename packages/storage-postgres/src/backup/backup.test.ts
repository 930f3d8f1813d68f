import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackupManifestDto } from "@patchbay/protocol";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SILENT } from "../contract/fixtures.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../embedded/index.ts";
import { PostgresDatabase } from "../postgres-database.ts";
import { restoreDatabase } from "./restore-database.ts";
import { KEPT_TABLES, LEFT_OUT_TABLES } from "./tables.ts";

let folder: string;
let server: EmbeddedPostgres;
let database: PostgresDatabase;
const QUIET = { info: () => undefined, warn: () => undefined };
const IN_PLACE = { replace: false };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  server = await startEmbeddedPostgres({ dataDir: join(folder, "data"), log: QUIET });
  database = await PostgresDatabase.connect(server.connection, SILENT);
});
afterAll(async () => {
  await database?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

const ask = async <Row>(query: string, config: pg.ClientConfig = server.connection): Promise<Row[]> => {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return (await client.query(query)).rows as Row[];
  } finally {
    await client.end();
  }
};
const emptyDatabase = async (name: string): Promise<pg.ClientConfig> => {
  await ask(`create database ${name}`);
  return { ...server.connection, database: name };
};
/** Everything that a backup of `database` holds. */
const takeAll = async () => {
  const snapshot = await database.snapshot();
  const rows = new Map<string, Uint8Array[]>();
  for (const { name } of snapshot.form.tables) rows.set(name, await Array.fromAsync(snapshot.rows(name)));
  await snapshot.close();
  const manifest: BackupManifestDto = {
    backupVersion: 1,
    patchbayVersion: "1.0.0",
    createdAt: "",
    ...snapshot.form,
  };
  return { manifest, rows };
};
type Taken = Awaited<ReturnType<typeof takeAll>>;
const restore = (config: pg.ClientConfig, { manifest, rows }: Taken, options = IN_PLACE) =>
  restoreDatabase(config, manifest, options, async (write) => {
    for (const [table, chunks] of rows) for (const chunk of chunks) await write(table, chunk);
  });

describe("the tables of a backup", () => {
  it("are all that there are, but for those that are left out on purpose", async () => {
    const there = await ask<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public'",
    );
    expect([...KEPT_TABLES, ...LEFT_OUT_TABLES].sort()).toEqual(there.map(({ name }) => name).sort());
  });

  it("come after those that they refer to", async () => {
    const references = await ask<{ from: string; to: string }>(
      "select conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint where contype = 'f' and conrelid <> confrelid",
    );
    const kept = references.filter(({ from }) => KEPT_TABLES.includes(from));
    const wrong = kept.filter(({ from, to }) => KEPT_TABLES.indexOf(from) < KEPT_TABLES.indexOf(to));
    expect(kept.filter(({ to }) => !KEPT_TABLES.includes(to))).toEqual([]);
    expect(references.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });
});

describe("a restored database", () => {
  beforeAll(async () => {
    await ask(`
      insert into organizations (id, slug, name) values ('1', 'one', E'tab\\t, line\\n, \\\\ and "quotes"');
      insert into users (id, email, name, deployment_admin) values ('u', 'u@example.org', 'Ü', true);
      insert into api_keys (id, token_hash, name, prefix, user_id, organization_id, rights, made_by_key)
        values ('b', 'hb', 'b', 'pb', 'u', '1', '[]', 'a'), ('a', 'ha', 'a', 'pb', 'u', '1', '[]', null);
      insert into audit_events (organization_id, actor, action, detail) select '1', '{}', 'x', '{"a" : 1}' from generate_series(1, 5);
      delete from audit_events where id > 3;
      insert into secret_keys values ('0123456789abcdef');
      insert into members (organization_id, user_id, role) values ('1', 'u', 'owner');
      insert into kept_responses
        (id, organization_id, user_id, model, response, input, output, bytes, turn_bytes, created_at)
        select 'k' || n, '1', 'u', 'm', '{}', '[]', '[]', 5, 3, now() from generate_series(1, 3) as n;
      insert into installations (id, organization_id, plugin_id, version, state, source, badge, scope, grants)
        values ('c', '1', 'acme.talks', '1.0.0', 'disabled', 'upload', 'private', '{"projects":"all"}', '[]');
      insert into plugin_usage (installation_id, conversation_count, bytes) values ('c', 1, 9);
      insert into conversations (id, installation_id, organization_id, user_id, title, metadata, message_count, bytes)
        values ('t', 'c', '1', 'u', 'Foxes', '{}', 1, 7);
      insert into conversation_messages (conversation_id, number, role, message, bytes, words)
        values ('t', 1, 'user', '{"role" : "user"}', 2, to_tsvector('simple', 'it''s a "fox"'));
      insert into memory_spaces (id, installation_id, organization_id, user_id, name, entries, bytes)
        values ('s', 'c', '1', null, 'notes', 0, 0), ('m', 'c', '1', 'u', 'me/notes', 1, 2);
      insert into memories (id, space_id, text, metadata, citations, digest, sense, vector, revision, bytes)
        values ('e', 'm', 'A fox', '{}', '[]', 'd', 's', '\\x00ff', 1, 2);
    `);
  });

  it("holds the same rows, counts on from where it was, and tells of changes again", async () => {
    const taken = await takeAll();
    const config = await emptyDatabase("same");
    await restore(config, taken);
    const other = await PostgresDatabase.connect(config, SILENT);
    const snapshot = await other.snapshot();
    expect(taken.manifest).toMatchObject(snapshot.form);
    for (const [table, chunks] of taken.rows)
      expect(Buffer.concat(await Array.fromAsync(snapshot.rows(table)))).toEqual(Buffer.concat(chunks));
    await snapshot.close();
    await other.close();
    const added = "insert into audit_events (actor, action, detail) values ('{}', 'y', '{}') returning id";
    expect(await ask(added, config)).toEqual([{ id: "6" }]);
    await ask("delete from kept_responses where id = 'k1'", config);
    const usage = "select responses, bytes from kept_response_usage";
    expect(await ask(usage, config)).toEqual([{ responses: 2, bytes: "10" }]);
    const found =
      "select conversation_id from conversation_messages where words @@ plainto_tsquery('simple', 'FOX')";
    expect(await ask(found, config)).toEqual([{ conversation_id: "t" }]);
    const remembered =
      "select place, vector from memories where words @@ plainto_tsquery('english', 'FOXES')";
    expect(await ask(remembered, config)).toEqual([{ place: "1", vector: Buffer.from([0, 255]) }]);
    await ask("delete from members where user_id = 'u'", config);
    expect(await ask("select id from memory_spaces", config)).toEqual([{ id: "s" }]);
    const kept = "select conversation_count, bytes from plugin_usage";
    expect(await ask(kept, config)).toEqual([{ conversation_count: 0, bytes: "0" }]);
    const off = "select tgname from pg_trigger where not tgisinternal and tgenabled <> 'O'";
    expect(await ask(off, config)).toEqual([]);
  });

  it("is what it was at one moment, whatever happens meanwhile", async () => {
    const snapshot = await database.snapshot();
    await ask("insert into organizations (id, slug, name) values ('2', 'two', 'Later')");
    const rows = Buffer.concat(await Array.fromAsync(snapshot.rows("organizations")));
    expect(String(rows)).not.toContain("Later");
    await snapshot.close();
    await ask("delete from organizations where id = '2'");
  });

  it("runs no tick once more: its schedules begin anew, and what was under way then is over", async () => {
    await ask(`
      insert into installations (id, organization_id, plugin_id, version, state, source, badge, scope, grants)
        values ('i', '1', 'acme.ticker', '1.0.0', 'enabled', 'upload', 'private', '{"projects":"all"}', '[]');
      insert into schedules (installation_id, name, timing, missed, next_at, paused)
        values ('i', 'often', '{}', 'all', now(), '{"at":"then"}');
      insert into schedule_runs (id, installation_id, name, trigger, scheduled_at, state)
        values ('done', 'i', 'often', 'tick', now(), 'succeeded'), ('open', 'i', 'often', 'tick', now(), 'running');
    `);
    const taken = await takeAll();
    const config = await emptyDatabase("scheduled");
    await ask("create schema patchbay_durable create table left_over (id text)", config);
    await restore(config, taken);
    expect(await ask("select next_at, paused from schedules", config)).toEqual([
      { next_at: null, paused: { at: "then" } },
    ]);
    expect(await ask("select id, state from schedule_runs order by id", config)).toEqual([
      { id: "done", state: "succeeded" },
      { id: "open", state: "cancelled" },
    ]);
    expect(await ask("select from pg_namespace where nspname = 'patchbay_durable'", config)).toEqual([]);
    await ask("delete from installations");
  });

  it("is not started on when its restore was broken off, and is restored into once more", async () => {
    const taken = await takeAll();
    const config = await emptyDatabase("broken");
    const broken = restoreDatabase(config, taken.manifest, IN_PLACE, async () => {
      throw new Error("cut off");
    });
    await expect(broken).rejects.toThrow("cut off");
    await expect(PostgresDatabase.connect(config, SILENT)).rejects.toThrow(/patchbay restore.* again/);
    await restore(config, taken);
    await (await PostgresDatabase.connect(config, SILENT)).close();
  });

  it("was empty before, or was the restore's own", async () => {
    const taken = await takeAll();
    const config = await emptyDatabase("taken");
    await (await PostgresDatabase.connect(config, SILENT)).close();
    await expect(restore(config, taken)).rejects.toThrow(/holds tables of Patchbay already/);
    await (await PostgresDatabase.connect(config, SILENT)).close();
    await restore(config, taken, { replace: true });
    expect(await ask("select slug from organizations", config)).toEqual([{ slug: "one" }]);
  });

  it.each<[string, RegExp, (manifest: BackupManifestDto) => Partial<BackupManifestDto>]>([
    [
      "a newer Patchbay",
      /newer Patchbay made this backup \(999-next\)/,
      ({ migrations }) => ({ migrations: [...migrations, "999-next"] }),
    ],
    ["no Patchbay", /which tables/, () => ({ migrations: [] })],
    ["migrations out of order", /which tables/, ({ migrations }) => ({ migrations: migrations.slice(1) })],
    [
      "a table of somebody else",
      /somebodys is none/,
      ({ tables }) => ({ tables: [...tables, { name: "somebodys", columns: ["id"] }] }),
    ],
    [
      "other columns",
      /users is none/,
      ({ tables }) => ({
        tables: tables.map((one) => (one.name === "users" ? { ...one, columns: ["id"] } : one)),
      }),
    ],
  ])("comes from no backup of %s", async (what, message, change) => {
    const { manifest, rows } = await takeAll();
    const config = await emptyDatabase(`strange_${what.replaceAll(/\W/g, "_").toLowerCase()}`);
    await ask("create table somebodys (id text)", config);
    await expect(restore(config, { manifest: { ...manifest, ...change(manifest) }, rows })).rejects.toThrow(
      message,
    );
    expect(
      await ask("select tablename from pg_tables where schemaname = 'public' order by 1", config),
    ).toEqual([{ tablename: "patchbay_unfinished_restore" }, { tablename: "somebodys" }]);
    await restore(config, { manifest, rows });
  });

  it("refuses rows that do not fit, and says so", async () => {
    const { manifest, rows } = await takeAll();
    const config = await emptyDatabase("unfit");
    const wrong = new Map(rows).set("members", [Buffer.from("nobody\tnobody\towner\n")]);
    await expect(restore(config, { manifest, rows: wrong })).rejects.toThrow(/foreign key/);
  });
});
