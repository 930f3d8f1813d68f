import type { SecretKeyStore } from "@patchbay/core";
import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** One row for each key that was ever used. */
export class PostgresSecretKeyStore implements SecretKeyStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async fingerprints(): Promise<string[]> {
    const rows = await this.#db.selectFrom("secretKeys").select("fingerprint").execute();
    return rows.map(({ fingerprint }) => fingerprint);
  }

  async add(fingerprints: readonly string[]): Promise<void> {
    await this.#db
      .insertInto("secretKeys")
      .values(fingerprints.map((fingerprint) => ({ fingerprint })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
