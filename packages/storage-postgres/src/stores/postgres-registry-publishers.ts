import type {
  PublisherProof,
  PublisherToken,
  RegistryPublisher,
  RegistryPublisherStore,
} from "@patchbay/core";
import { PatchbayError, type PublisherKeyDto } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { jsonOrNull, type Row, type Tables } from "../tables.ts";

/** Publishers, their keys and their tokens. */
export class PostgresRegistryPublishers implements RegistryPublisherStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async create(publisher: Omit<RegistryPublisher, "createdAt">): Promise<RegistryPublisher> {
    const created = await this.#db
      .insertInto("registryPublishers")
      .values({ ...publisher, proofs: JSON.stringify(publisher.proofs) })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (created) return created;
    throw new PatchbayError("already_exists", `There is a publisher "${publisher.publisher}" already.`);
  }

  async find(publisher: string): Promise<RegistryPublisher | null> {
    const found = await this.#db
      .selectFrom("registryPublishers")
      .selectAll()
      .where("publisher", "=", publisher)
      .executeTakeFirst();
    return found ?? null;
  }

  async hold(publisher: string): Promise<void> {
    await this.#db
      .selectFrom("registryPublishers")
      .select("publisher")
      .where("publisher", "=", publisher)
      .forUpdate()
      .execute();
  }

  async listOwned(ownerId: string): Promise<RegistryPublisher[]> {
    return await this.#db
      .selectFrom("registryPublishers")
      .selectAll()
      .where("ownerId", "=", ownerId)
      .orderBy("publisher")
      .execute();
  }

  async addProof(publisher: string, proof: PublisherProof): Promise<void> {
    await atomically(this.#db, async (db) => {
      const found = await db
        .selectFrom("registryPublishers")
        .select("proofs")
        .where("publisher", "=", publisher)
        .forUpdate()
        .executeTakeFirst();
      const others = (found?.proofs ?? []).filter(
        ({ kind, domain }) => kind !== proof.kind || domain !== proof.domain,
      );
      await db
        .updateTable("registryPublishers")
        .set({ proofs: JSON.stringify([...others, proof]) })
        .where("publisher", "=", publisher)
        .execute();
    });
  }

  async listKeys(publisher: string): Promise<PublisherKeyDto[]> {
    const rows = await this.#db
      .selectFrom("registryPublisherKeys")
      .selectAll()
      .where("publisher", "=", publisher)
      .orderBy("createdAt")
      .orderBy("keyId")
      .execute();
    return rows.map(toKey);
  }

  async addKey(publisher: string, key: Omit<PublisherKeyDto, "revoked">): Promise<void> {
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto("registryPublisherKeys")
      .values({
        publisher,
        keyId: key.keyId,
        publicKey: key.publicKey,
        endorsement: jsonOrNull(key.endorsement ?? null),
        revoked: null,
        createdAt: new Date(key.createdAt),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 0n)
      throw new PatchbayError("already_exists", `"${publisher}" has this key already.`);
  }

  async revokeKey(
    publisher: string,
    keyId: string,
    revoked: PublisherKeyDto["revoked"] & {},
  ): Promise<boolean> {
    const isGraver = sql<boolean>`revoked is null or (revoked->>'reason' = 'superseded' and ${revoked.reason} = 'compromised')`;
    const { numUpdatedRows } = await this.#db
      .updateTable("registryPublisherKeys")
      .set({ revoked: JSON.stringify(revoked) })
      .where("publisher", "=", publisher)
      .where("keyId", "=", keyId)
      .where(isGraver)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async createToken(
    token: Omit<PublisherToken, "createdAt"> & {
      readonly tokenHash: string;
      readonly madeByKey: string | null;
    },
  ): Promise<PublisherToken> {
    const row = await this.#db
      .insertInto("registryTokens")
      .values(token)
      .returningAll()
      .executeTakeFirstOrThrow();
    return toToken(row);
  }

  async listTokens(publisher: string): Promise<PublisherToken[]> {
    const rows = await this.#db
      .selectFrom("registryTokens")
      .selectAll()
      .where("publisher", "=", publisher)
      .orderBy("createdAt")
      .orderBy("id")
      .execute();
    return rows.map(toToken);
  }

  async deleteToken(publisher: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("registryTokens")
      .where("publisher", "=", publisher)
      .where("id", "=", id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async findToken(tokenHash: string, now: Date): Promise<PublisherToken | null> {
    const row = await this.#db
      .selectFrom("registryTokens")
      .selectAll()
      .where("tokenHash", "=", tokenHash)
      .where(({ or, eb }) => or([eb("expiresAt", "is", null), eb("expiresAt", ">", now)]))
      .executeTakeFirst();
    return row === undefined ? null : toToken(row);
  }
}

const toKey = ({ keyId, publicKey, createdAt, endorsement, revoked }: Row<"registryPublisherKeys">) => ({
  keyId,
  publicKey,
  createdAt: createdAt.toISOString(),
  ...(endorsement !== null && { endorsement }),
  ...(revoked !== null && { revoked }),
});

const toToken = ({ tokenHash: _hash, madeByKey: _maker, ...token }: Row<"registryTokens">): PublisherToken =>
  token;
