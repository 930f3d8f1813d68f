import { hashToken, RIGHTS } from "@patchbay/core";
import type { Configuration } from "../config/configuration.ts";
import type { Services } from "../http/services.ts";

/** On the first start with `PATCHBAY_ADMIN_EMAIL`: the administrator, the organization `default`, and the key for unattended set-up. */
export const createFirstAdministrator = async (
  { admin, bootstrapApiKey }: Configuration,
  services: Services,
): Promise<void> => {
  if (admin === null) return;
  const { accounts, apiKeys, organizations, database } = services;
  if (!(await database.accounts.hasUsers()))
    await accounts.createAdministrator({
      ...{ email: admin.email, name: "Administrator", password: admin.password },
    });
  const user = await database.accounts.findUserByEmail(admin.email.toLowerCase());
  if (user === null) return;
  if ((await database.organizations.findOrganization("default")) === null) {
    await organizations.createFor(user, { slug: "default", name: "Default" });
  }
  if (bootstrapApiKey === null) return;
  const memberships = await database.organizations.membershipsOf(user.id);
  const known = await accounts.principalOfKey(hashToken(bootstrapApiKey));
  if (known !== null) return;
  await apiKeys.create({ user, key: null, memberships }, "default", {
    name: "bootstrap",
    rights: RIGHTS,
    expiresAt: null,
    token: bootstrapApiKey,
  });
};
