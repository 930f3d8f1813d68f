import { decodePublicKey, describePublicKey, verifyKeyEndorsement } from "@patchbay/artifact";
import { PatchbayError, type PublisherKeyDto, type RegistryPublisherDto } from "@patchbay/protocol";
import { requireDeploymentAdmin } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import type { Database, Stores } from "../../ports/database.ts";
import type { KeyRevocation, PublisherKey, PublisherKeyStore } from "../../ports/publisher-key-store.ts";
import { ReadThroughCache } from "../../read-through-cache.ts";
import type { World } from "../../world.ts";
import type { RecordSeal } from "./record-seal.ts";

/** Who publishes a plugin: the part of its id before the dot. */
export const publisherOf = (pluginId: string): string => pluginId.slice(0, pluginId.indexOf("."));

/** Keys as they are before they are sealed. */
type UnsealedKey = Omit<PublisherKey, "seal">;

/**
 * The keys that publishers sign with. Those that a publisher is first seen with are pinned: a further one is taken only
 * with the word of one that is known. What is revoked stays so.
 */
export class PublisherKeys {
  readonly #database: Database;
  readonly #seal: RecordSeal;
  readonly #world: World;
  readonly #known: ReadThroughCache<readonly PublisherKey[]>;

  constructor(database: Database, seal: RecordSeal, world: World) {
    this.#database = database;
    this.#seal = seal;
    this.#world = world;
    this.#known = new ReadThroughCache<readonly PublisherKey[]>((publisher) =>
      database.publisherKeys.list(publisher),
    );
  }

  /** The keys of a publisher that are known here, revoked ones included. Held in memory. */
  async of(publisher: string): Promise<readonly PublisherKey[]> {
    return this.#known.peek(publisher) ?? (await this.#known.get(publisher));
  }

  /** Whether what is stored of a key is what Patchbay stored. */
  isIntact({ seal, ...key }: PublisherKey): boolean {
    return this.#seal.fits(seal, "publisher-key", key);
  }

  forget(publisher: string): void {
    this.#known.invalidate(publisher);
  }

  forgetAll(): void {
    this.#known.clear();
  }

  /**
   * Takes over what a marketplace at `from` says about a publisher's keys. Throws `key_invalid` for keys that are none, and
   * `publisher_key_changed` when there are keys that none of the known ones vouches for; revocations are taken over even then.
   */
  async learn({ publisher, keys }: RegistryPublisherDto, from: string): Promise<void> {
    for (const key of keys) requireConsistent(key);
    const strangers = await this.#database.transaction(async (stores) => {
      await stores.publisherKeys.lock(publisher);
      const known = new Map((await stores.publisherKeys.list(publisher)).map((key) => [key.keyId, key]));
      for (const { keyId, revoked } of keys) await this.#revoke(stores, known, keyId, toRevocation(revoked));
      return await this.#take(stores, known, publisher, keys, from);
    });
    this.forget(publisher);
    if (strangers > 0) throw keyChanged(publisher, from);
  }

  /** Adds the keys that may be added, also where one vouches for the next; tells how many are left. */
  async #take(
    stores: Stores,
    known: Map<string, PublisherKey>,
    publisher: string,
    keys: readonly PublisherKeyDto[],
    from: string,
  ): Promise<number> {
    const isFirst = known.size === 0;
    let left = keys.filter(({ keyId }) => !known.has(keyId));
    for (;;) {
      const taken = left.filter((key) => isFirst || this.#isEndorsed(publisher, key, known));
      for (const key of taken) known.set(key.keyId, await this.#add(stores, publisher, key, from));
      left = left.filter((key) => !taken.includes(key));
      if (taken.length === 0 || left.length === 0) return left.length;
    }
  }

  #isEndorsed(
    publisher: string,
    { keyId, endorsement }: PublisherKeyDto,
    known: ReadonlyMap<string, PublisherKey>,
  ): boolean {
    const by = known.get(endorsement?.keyId ?? "");
    if (endorsement === undefined || by === undefined || !this.isIntact(by)) return false;
    if (by.revoked?.reason === "compromised") return false;
    return verifyKeyEndorsement(publisher, keyId, endorsement, decodePublicKey(by.publicKey));
  }

  async #add(
    stores: Stores,
    publisher: string,
    { keyId, publicKey, endorsement, revoked }: PublisherKeyDto,
    from: string,
  ): Promise<PublisherKey> {
    const key = {
      publisher,
      keyId,
      publicKey,
      endorsement: endorsement ?? null,
      revoked: toRevocation(revoked),
      learnedFrom: from,
      learnedAt: this.#world.now(),
    };
    return await this.#put(stores.publisherKeys, key);
  }

  /** Takes trust away, never gives it back: an earlier time or a worse reason counts, a later or better one does not. */
  async #revoke(
    stores: Stores,
    known: Map<string, PublisherKey>,
    keyId: string,
    revoked: KeyRevocation | null,
  ): Promise<void> {
    const key = known.get(keyId);
    if (key === undefined || revoked === null || !this.isIntact(key)) return;
    const stricter = stricterOf(key.revoked, revoked);
    if (stricter === key.revoked) return;
    known.set(keyId, await this.#put(stores.publisherKeys, { ...withoutSeal(key), revoked: stricter }));
  }

  async #put(store: PublisherKeyStore, key: UnsealedKey): Promise<PublisherKey> {
    const sealed = { ...key, seal: this.#seal.of("publisher-key", key) };
    await store.put(sealed);
    return sealed;
  }

  /** All known keys. For administrators of the deployment. */
  async list(principal: Principal): Promise<PublisherKey[]> {
    requireDeploymentAdmin(principal);
    return await this.#database.publisherKeys.listAll();
  }

  /**
   * Takes a key on an administrator's word: for publishers that no marketplace knows, and for those that have lost their
   * keys. Throws `key_invalid`, `already_exists`.
   */
  async accept(
    principal: Principal,
    { publisher, publicKey }: { readonly publisher: string; readonly publicKey: string },
  ): Promise<PublisherKey> {
    requireDeploymentAdmin(principal);
    const { keyId } = describePublicKey(decodePublicKey(publicKey));
    const actor = actorOf(principal);
    const accepted = await this.#database.transaction(async (stores) => {
      await stores.publisherKeys.lock(publisher);
      const known = await stores.publisherKeys.list(publisher);
      if (known.some((key) => key.keyId === keyId && this.isIntact(key)))
        throw new PatchbayError("already_exists", `This key of "${publisher}" is known already.`);
      const key = { keyId, publicKey, createdAt: this.#world.now().toISOString() };
      const added = await this.#add(stores, publisher, key, actor.name);
      const detail = { publisher, keyId };
      await stores.audit.append({
        organizationId: null,
        actor,
        action: "publisher.key_accepted",
        pluginId: null,
        detail,
      });
      return added;
    });
    this.forget(publisher);
    return accepted;
  }

  /** Forgets all keys of a publisher: the next ones that it is seen with are taken. Throws `publisher_unknown`. */
  async remove(principal: Principal, publisher: string): Promise<void> {
    requireDeploymentAdmin(principal);
    const actor = actorOf(principal);
    await this.#database.transaction(async (stores) => {
      const keys = await stores.publisherKeys.remove(publisher);
      if (keys === 0)
        throw new PatchbayError("publisher_unknown", `No key of a publisher "${publisher}" is known here.`);
      const detail = { publisher, keys };
      await stores.audit.append({
        organizationId: null,
        actor,
        action: "publisher.forgotten",
        pluginId: null,
        detail,
      });
    });
    this.forget(publisher);
  }
}

const withoutSeal = ({ seal: _seal, ...key }: PublisherKey): UnsealedKey => key;

const requireConsistent = ({ keyId, publicKey }: PublisherKeyDto): void => {
  if (describePublicKey(decodePublicKey(publicKey)).keyId === keyId) return;
  throw new PatchbayError("key_invalid", `The key ${keyId.slice(0, 16)}… does not have this id.`);
};

const toRevocation = (revoked: PublisherKeyDto["revoked"]): KeyRevocation | null => {
  if (revoked === undefined) return null;
  const at = new Date(revoked.at);
  // A time that cannot be read takes as much trust away as there is.
  return { reason: revoked.reason, at: Number.isNaN(at.getTime()) ? new Date(0) : at };
};

const stricterOf = (known: KeyRevocation | null, told: KeyRevocation): KeyRevocation => {
  if (known === null) return told;
  if (known.reason !== told.reason) return known.reason === "compromised" ? known : told;
  return told.at < known.at ? told : known;
};

const keyChanged = (publisher: string, from: string): PatchbayError =>
  new PatchbayError(
    "publisher_key_changed",
    `${from} shows keys of the publisher "${publisher}" that none of the keys known here vouches for. ` +
      "Ask the publisher whether they are its own; if so, an administrator of the deployment can forget the known keys " +
      `(DELETE /api/system/publishers/${publisher}) so that the new ones are taken.`,
    { facts: { publisher, marketplace: from } },
  );
