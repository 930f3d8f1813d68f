import type { OrganizationPolicy, OrganizationRole, ProjectRole, Right } from "@patchbay/core";
import type { ColumnType } from "kysely";
import type { Counter, CreatedAt, Json, JsonOrNull } from "./columns.ts";

interface Users {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
  deploymentAdmin: boolean;
  preparedBy: string | null;
  createdAt: CreatedAt;
}

interface Identities {
  issuer: string;
  subject: string;
  userId: string;
  createdAt: CreatedAt;
}

interface Sessions {
  tokenHash: string;
  userId: string;
  expiresAt: Date;
}

interface ApiKeys {
  id: string;
  tokenHash: string;
  name: string;
  prefix: string;
  userId: string;
  organizationId: string;
  madeByKey: string | null;
  rights: Json<readonly Right[]>;
  createdAt: CreatedAt;
  expiresAt: Date | null;
  lastUsedAt: ColumnType<Date | null, never, Date>;
}

interface SetupLinks {
  tokenHash: string;
  expiresAt: Date;
}

interface SignInAttempts {
  id: Counter;
  subject: string;
  at: Date;
}

interface KnownNetworks {
  userId: string;
  network: string;
  seenAt: Date;
}

interface PasswordLinks {
  tokenHash: string;
  userId: string;
  expiresAt: Date;
  madeByKey: string | null;
}

interface Invitations {
  tokenHash: string;
  userId: string;
  organizationId: string;
  role: OrganizationRole;
  expiresAt: Date;
  madeByKey: string | null;
}

interface Organizations {
  id: string;
  slug: string;
  name: string;
  /** null until one is set. */
  policy: JsonOrNull<Partial<OrganizationPolicy>>;
  createdAt: CreatedAt;
}

interface Members {
  organizationId: string;
  userId: string;
  role: OrganizationRole;
}

interface Projects {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  createdAt: CreatedAt;
}

interface ProjectMembers {
  organizationId: string;
  projectId: string;
  userId: string;
  role: ProjectRole;
}

interface SecretKeys {
  fingerprint: string;
}

/** People, and the organizations and projects that they belong to. */
export interface PeopleTables {
  users: Users;
  identities: Identities;
  sessions: Sessions;
  apiKeys: ApiKeys;
  setupLinks: SetupLinks;
  signInAttempts: SignInAttempts;
  knownNetworks: KnownNetworks;
  passwordLinks: PasswordLinks;
  invitations: Invitations;
  secretKeys: SecretKeys;
  organizations: Organizations;
  members: Members;
  projects: Projects;
  projectMembers: ProjectMembers;
}
