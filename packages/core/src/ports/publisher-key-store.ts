import type { KeyEndorsement } from "@patchbay/artifact";

/** A key that a publisher signs packages with, as it is known here. */
export interface PublisherKey {
  readonly publisher: string;
  /** SHA-256 of the key's SPKI DER form, hex. */
  readonly keyId: string;
  /** SPKI in DER, base64. */
  readonly publicKey: string;
  /** The word of an older key, where there was one. */
  readonly endorsement: KeyEndorsement | null;
  readonly revoked: KeyRevocation | null;
  /** The marketplace's address, or who told. */
  readonly learnedFrom: string;
  readonly learnedAt: Date;
  /** Over all of this by the deployment's secret key, so that a change in the database is noticed. */
  readonly seal: string;
}

export interface KeyRevocation {
  readonly at: Date;
  /** `superseded`: what it signs from then on does not count. `compromised`: nothing that it ever signed does. */
  readonly reason: "superseded" | "compromised";
}

/** Keys of publishers, for the whole deployment. */
export interface PublisherKeyStore {
  /** In the order in which they were learned. */
  list(publisher: string): Promise<PublisherKey[]>;
  /** Of all publishers, by name. */
  listAll(): Promise<PublisherKey[]>;
  /** Waits until nobody else changes the publisher's keys, and keeps it so until the transaction ends. */
  lock(publisher: string): Promise<void>;
  /** Adds a key, or replaces what is known of it. */
  put(key: PublisherKey): Promise<void>;
  /** Forgets all keys of a publisher; tells how many there were. */
  remove(publisher: string): Promise<number>;
}
