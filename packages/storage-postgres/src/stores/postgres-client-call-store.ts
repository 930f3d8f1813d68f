import type { ClientCallStore } from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** Has no table: what is told is of no use to who was not there. */
export class PostgresClientCallStore implements ClientCallStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async tellGivenUp(id: string): Promise<void> {
    const change = JSON.stringify({ kind: "client_call", id });
    await sql`select pg_notify('patchbay_changes', ${change})`.execute(this.#db);
  }
}
