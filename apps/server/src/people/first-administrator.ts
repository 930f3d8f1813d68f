import {
  type Accounts,
  type ApiKeys,
  type Database,
  hashToken,
  type Organizations,
  RIGHTS,
} from "@patchbay/core";
import type { Configuration } from "../config/configuration.ts";

interface Needs {
  readonly accounts: Accounts;
  readonly apiKeys: ApiKeys;
  readonly organizations: Organizations;
  readonly database: Database;
  /** Called with the id of a new organization, before anybody uses it. */
  readonly furnish: (organizationId: string) => Promise<void>;
}

/** On the first start with `PATCHBAY_ADMIN_EMAIL`: the administrator, the organization `default`, and the key for unattended set-up. */
export const createFirstAdministrator = async (
  { admin, bootstrapApiKey }: Configuration,
  { accounts, apiKeys, organizations, database, furnish }: Needs,
): Promise<void> => {
  if (admin === null) return;
  if (!(await database.accounts.hasUsers()))
    await accounts.createAdministrator({
      email: admin.email,
      name: "Administrator",
      password: admin.password,
    });
  const user = await database.accounts.findUserByEmail(admin.email.toLowerCase());
  if (user === null) return;
  if ((await database.organizations.findOrganization("default")) === null) {
    const { id } = await organizations.createFor(user, { slug: "default", name: "Default" });
    await furnish(id);
  }
  if (bootstrapApiKey === null) return;
  const memberships = await database.organizations.membershipsOf(user.id);
  const known = await accounts.principalOfKey(hashToken(bootstrapApiKey));
  if (known !== null) return;
  await apiKeys.create({ kind: "person", user, key: null, memberships }, "default", {
    name: "bootstrap",
    rights: RIGHTS,
    expiresAt: null,
    token: bootstrapApiKey,
  });
};
