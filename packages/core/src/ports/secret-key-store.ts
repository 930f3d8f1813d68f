/** Which secret keys have sealed what the database holds: not the keys, but what tells them apart. */
export interface SecretKeyStore {
  fingerprints(): Promise<string[]>;
  /** Those that are there already stay as they are. */
  add(fingerprints: readonly string[]): Promise<void>;
}
