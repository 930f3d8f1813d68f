import type { OrganizationRole, Right } from "../model/rights.ts";

/** A person who can sign in. */
export interface User {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  /** A PHC string (argon2id); null for people who only sign in elsewhere. */
  readonly passwordHash: string | null;
  /** Administers the deployment, above all organizations. */
  readonly deploymentAdmin: boolean;
  /**
   * Id of the organization whose administrator made the account, as long as nobody else has vouched for whose it is. null for
   * accounts that a provider or an administrator of the deployment stands for.
   */
  readonly preparedBy: string | null;
  readonly createdAt: Date;
}

/** Somebody as another service knows them: `subject` is that service's name for them, and never another's. */
export interface ExternalIdentity {
  /** The service's own address, as it writes it. */
  readonly issuer: string;
  readonly subject: string;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** The first characters of the key, by which people tell keys apart. */
  readonly prefix: string;
  readonly userId: string;
  readonly organizationId: string;
  /** Id of the API key that made it, and with which it goes; null when a person did. */
  readonly madeByKey: string | null;
  readonly rights: readonly Right[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** A link that is shown once and works once. */
export interface OneTimeLink {
  readonly tokenHash: string;
  readonly userId: string;
  readonly expiresAt: Date;
  /** Id of the API key with which it goes; null when a person made it. */
  readonly madeByKey: string | null;
}

export interface Invitation {
  readonly organizationId: string;
  readonly role: OrganizationRole;
}

/** People, their sessions and keys. Tokens are stored as SHA-256 (hex) only. */
export interface AccountStore {
  /** Throws `already_exists` when the address is taken, whatever its case. */
  createUser(user: Omit<User, "createdAt">): Promise<User>;
  findUser(id: string): Promise<User | null>;
  findUserByEmail(email: string): Promise<User | null>;
  hasUsers(): Promise<boolean>;

  /** Who signs in elsewhere as `identity`; null when nobody does. Both parts are compared exactly. */
  findUserByIdentity(identity: ExternalIdentity): Promise<User | null>;
  /** Lets `userId` sign in as `identity`. Throws `already_exists` when somebody does. */
  createIdentity(identity: ExternalIdentity, userId: string): Promise<void>;

  createSession(session: { tokenHash: string; userId: string; expiresAt: Date }): Promise<void>;
  /** The session's user, or null when it does not exist or `now` is past its end. */
  findSessionUser(tokenHash: string, now: Date): Promise<User | null>;
  /** When the session ends by itself; null when there is none. */
  sessionEnd(tokenHash: string): Promise<Date | null>;
  deleteSession(tokenHash: string): Promise<void>;
  /** Ends every session of the person but the one of this hash; null: all of them. */
  deleteOtherSessions(userId: string, tokenHash: string | null): Promise<void>;
  /** null: they sign in elsewhere only. Their links to set one are worth nothing after that. */
  setPassword(userId: string, passwordHash: string | null): Promise<void>;
  /** `preparedBy` null: whose account it is stands beyond doubt. */
  setPreparedBy(userId: string, preparedBy: string | null): Promise<void>;
  /** Removes ended sessions, used set-up links and old sign-in attempts. */
  removeExpired(now: Date): Promise<void>;

  createApiKey(key: Omit<ApiKey, "createdAt" | "lastUsedAt"> & { tokenHash: string }): Promise<ApiKey>;
  /** The key and its user, or null when it does not exist or `now` is past its end. Notes the use, at most once a minute. */
  useApiKey(tokenHash: string, now: Date): Promise<{ key: ApiKey; user: User } | null>;
  listApiKeys(organizationId: string, userId?: string): Promise<ApiKey[]>;
  findApiKey(organizationId: string, id: string): Promise<ApiKey | null>;
  deleteApiKey(organizationId: string, id: string): Promise<void>;
  /** Ends every key of the person, in all organizations. */
  deleteApiKeysOf(userId: string): Promise<void>;

  createSetupLink(tokenHash: string, expiresAt: Date): Promise<void>;
  /** True once for a link that exists and has not expired. */
  useSetupLink(tokenHash: string, now: Date): Promise<boolean>;

  /** How often `subject` was counted since `since`, and when last. */
  attemptsOf(subject: string, since: Date): Promise<{ readonly count: number; readonly lastAt: Date | null }>;
  /** Counts an attempt and tells how many there were for `subject` since `since`, this one included. */
  countAttempt(subject: string, at: Date, since: Date): Promise<number>;
  clearAttempts(subject: string): Promise<void>;
  /** Remembers that the person has signed in from there. */
  noteNetwork(userId: string, network: string, at: Date): Promise<void>;
  knowsNetwork(userId: string, network: string, since: Date): Promise<boolean>;

  /** The person's only link from now on. */
  createPasswordLink(link: OneTimeLink): Promise<void>;
  /** Whose password the link sets, once; null for one that is used, has expired or never was. */
  usePasswordLink(tokenHash: string, now: Date): Promise<User | null>;
  findPasswordLink(tokenHash: string, now: Date): Promise<User | null>;
  createInvitation(invitation: OneTimeLink & Invitation): Promise<void>;
  /** What `userId` is invited to by the link, once; null when nothing is. */
  useInvitation(tokenHash: string, userId: string, now: Date): Promise<Invitation | null>;
}
