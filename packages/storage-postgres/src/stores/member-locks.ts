import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { brokenForeignKey } from "../errors.ts";
import type { Tables } from "../tables.ts";

/**
 * Keeps people members of the organization until the transaction ends; those who are. Whoever writes what belongs to them holds them
 * first, then the installation and what it stores: so does whoever removes one of them, and nobody waits for somebody who waits for them.
 */
export const holdMembers = async (
  db: Kysely<Tables>,
  organizationId: string,
  userIds: readonly string[],
): Promise<void> => {
  if (userIds.length === 0) return;
  await db
    .selectFrom("members")
    .select("userId")
    .where("organizationId", "=", organizationId)
    .where("userId", "=", sql<string>`any(${userIds}::text[])`)
    .forKeyShare()
    .execute();
};

/** The error, or what it means where it says that a person is no member any more: `organization_not_found`. */
export const withoutMember = (error: unknown, foreignKey: string): unknown =>
  brokenForeignKey(error) === foreignKey
    ? new PatchbayError("organization_not_found", "The person does not belong to the organization any more.")
    : error;
