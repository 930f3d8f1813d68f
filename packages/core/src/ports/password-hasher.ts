/** Slow, salted hashing of passwords. */
export interface PasswordHasher {
  /** A PHC string. */
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}
