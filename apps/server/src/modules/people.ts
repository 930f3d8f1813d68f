import { Accounts, ApiKeys, Newcomers, Organizations } from "@patchbay/core";
import type { Configuration } from "../config/configuration.ts";
import { meRoutes } from "../http/routes/me.ts";
import { apiKeyRoutes, authRoutes } from "../http/routes/people.ts";
import { singleSignOnRoutes } from "../http/routes/single-sign-on.ts";
import { argon2Passwords } from "../people/argon2-passwords.ts";
import { createFirstAdministrator } from "../people/first-administrator.ts";
import { createSingleSignOn } from "../single-sign-on/single-sign-on-parts.ts";
import type { Module } from "./module.ts";
import type { Network } from "./network.ts";
import type { Storage } from "./storage.ts";
import type { Trust } from "./trust.ts";

/** Who may come in, and how. */
export interface People extends Module {
  readonly accounts: Accounts;
  readonly organizations: Organizations;
  readonly newcomers: Newcomers;
}

/** `furnish` is called with the id of each new organization, before anybody uses it. */
export const openPeople = (
  configuration: Configuration,
  { database, world }: Storage,
  { client }: Network,
  { secrets }: Trust,
  furnish: (organizationId: string) => Promise<void>,
): People => {
  const accounts = new Accounts(database, argon2Passwords, world);
  const organizations = new Organizations(database, world);
  const newcomers = new Newcomers(database, organizations, argon2Passwords, world);
  const apiKeys = new ApiKeys(database, world);
  const singleSignOn = createSingleSignOn(configuration.openId, {
    client,
    database,
    accounts,
    secrets,
    world,
  });
  return {
    accounts,
    organizations,
    newcomers,
    routes: (app, { authentication, site }) => {
      authRoutes(app, { accounts, organizations, newcomers, furnish }, authentication);
      meRoutes(app, { accounts, version: world.patchbayVersion }, authentication);
      apiKeyRoutes(app, { apiKeys });
      singleSignOnRoutes(app, { singleSignOn }, authentication, site);
    },
    prepare: async () => {
      await createFirstAdministrator(configuration, { accounts, apiKeys, organizations, database, furnish });
    },
  };
};
