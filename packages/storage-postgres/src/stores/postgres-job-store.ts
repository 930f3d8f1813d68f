import type { JobStore } from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** One row for each job that was ever done. */
export class PostgresJobStore implements JobStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async claim(name: string, by: string, everyMs: number, silentMs: number): Promise<boolean> {
    const { rows } = await sql`
      insert into jobs (name, ran_at, holder) values (${name}, clock_timestamp(), ${by})
      on conflict (name) do update set ran_at = clock_timestamp(), holder = ${by}
      where jobs.ran_at <= clock_timestamp() - make_interval(secs => ${everyMs / 1_000})
        and not exists (
          select from nodes where nodes.id = jobs.holder and nodes.id <> ${by}
            and nodes.dead_at is null and nodes.left_at is null
            and nodes.seen_at >= clock_timestamp() - make_interval(secs => ${silentMs / 1_000})
        )
      returning name`.execute(this.#db);
    return rows.length > 0;
  }

  async release(name: string, by: string): Promise<void> {
    await this.#db
      .updateTable("jobs")
      .set({ holder: null })
      .where("name", "=", name)
      .where("holder", "=", by)
      .execute();
  }
}
