import type { DatabaseSnapshot } from "@patchbay/core";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { explain } from "../errors.ts";
import { copied, PLAIN_FORM, readForm } from "./form.ts";
import { KEPT_TABLES } from "./tables.ts";

/** All tables as they were at one moment: one transaction of a connection of its own, so that no other work waits for it. */
export class PostgresSnapshot implements DatabaseSnapshot {
  readonly form: DatabaseSnapshot["form"];
  readonly digests: readonly string[];
  readonly #client: pg.Client;
  #closing: Promise<void> | undefined;

  private constructor(
    client: pg.Client,
    form: DatabaseSnapshot["form"],
    digests: DatabaseSnapshot["digests"],
  ) {
    this.#client = client;
    this.form = form;
    this.digests = digests;
  }

  static async open(config: pg.ClientConfig): Promise<PostgresSnapshot> {
    const client = new pg.Client({ ...config, application_name: "patchbay backup" });
    // A query that is under way fails with the same error; unheard, the event would end the process.
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query(`begin isolation level repeatable read read only; ${PLAIN_FORM}`);
      const list = async (query: string) =>
        (await client.query<{ value: string }>(query)).rows.map(({ value }) => value);
      const migrations = await list("select name as value from kysely_migration order by name");
      const secretKeys = await list("select fingerprint as value from secret_keys order by fingerprint");
      const digests = await list(
        'select distinct digest collate "C" as value from artifact_references order by value',
      );
      const form = { migrations, secretKeys, ...(await readForm(client, KEPT_TABLES)) };
      return new PostgresSnapshot(client, form, digests);
    } catch (error) {
      await client.end();
      throw explain(error);
    }
  }

  async *rows(table: string): AsyncGenerator<Uint8Array> {
    const found = this.form.tables.find(({ name }) => name === table);
    if (found === undefined) throw new Error(`There is no table ${table}.`);
    const rows = this.#client.query(copyTo(`copy ${copied(found)} to stdout`));
    try {
      for await (const chunk of rows) yield chunk as Buffer;
    } catch (error) {
      throw explain(error);
    }
  }

  close(): Promise<void> {
    // Where rows are still coming this ends the connection under them.
    this.#closing ??= this.#client.end();
    return this.#closing;
  }
}
