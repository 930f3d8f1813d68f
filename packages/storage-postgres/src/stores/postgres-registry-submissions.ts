import type { Page, RegistrySubmission, RegistrySubmissionStore } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { Kysely } from "kysely";
import { decodeCounter, isCounter, pageOf } from "../cursor.ts";
import { jsonOrNull, type Row, type Tables } from "../tables.ts";

/** What was sent to the registry. Artifacts of a submission are kept while it waits for a decision. */
export class PostgresRegistrySubmissions implements RegistrySubmissionStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async create(submission: Parameters<RegistrySubmissionStore["create"]>[0]): Promise<RegistrySubmission> {
    const { publisher, plugin, version, digest, state, findings, held } = submission;
    const row = await this.#db
      .insertInto("registrySubmissions")
      .values({
        publisher,
        pluginId: plugin,
        version,
        digest,
        state,
        findings: JSON.stringify(findings).replaceAll("\\u0000", "\\ufffd"),
        held: jsonOrNull(held),
        heldDigests: digestsOf(held),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toSubmission(row);
  }

  async find(id: string): Promise<RegistrySubmission | null> {
    if (!isCounter(id)) return null;
    const row = await this.#db
      .selectFrom("registrySubmissions")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? null : toSubmission(row);
  }

  async findHeld(plugin: string, version: string, digest: string): Promise<RegistrySubmission | null> {
    const row = await this.#db
      .selectFrom("registrySubmissions")
      .selectAll()
      .where("state", "=", "quarantined")
      .where("pluginId", "=", plugin)
      .where("version", "=", version)
      .where("digest", "=", digest)
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : toSubmission(row);
  }

  async list({
    publisher,
    state,
    limit,
    cursor,
  }: Parameters<RegistrySubmissionStore["list"]>[0]): Promise<Page<RegistrySubmission>> {
    let found = this.#db.selectFrom("registrySubmissions").selectAll();
    if (publisher !== undefined) found = found.where("publisher", "=", publisher);
    if (state !== undefined) found = found.where("state", "=", state);
    if (cursor !== undefined) found = found.where("id", "<", decodeCounter(cursor));
    const rows = await found
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(rows, limit, toSubmission, ({ id }) => id);
  }

  async decide(
    id: string,
    { state, decidedBy, reason }: Parameters<RegistrySubmissionStore["decide"]>[1],
  ): Promise<RegistrySubmission> {
    const row = await this.#db
      .updateTable("registrySubmissions")
      .set({
        state,
        decidedBy: JSON.stringify(decidedBy),
        reason: reason?.replaceAll("\0", "\uFFFD") ?? null,
        held: null,
        heldDigests: [],
      })
      .where("id", "=", id)
      .where("state", "=", "quarantined")
      .returningAll()
      .executeTakeFirst();
    if (row !== undefined) return toSubmission(row);
    throw new PatchbayError("submission_decided", "This submission does not wait for a decision.");
  }
}

const digestsOf = (held: RegistrySubmission["held"]): string[] =>
  held === null
    ? []
    : [held.digest, held.readmeDigest, held.changelogDigest, held.icon?.digest ?? null].filter(
        (digest) => digest !== null,
      );

const toSubmission = ({ pluginId, heldDigests: _digests, ...row }: Row<"registrySubmissions">) => ({
  ...row,
  plugin: pluginId,
});
