import { type Accounts, type Database, type SecretBox, SingleSignOn, type World } from "@patchbay/core";
import type { HttpClient } from "@patchbay/egress";
import type { OpenIdSettings } from "../config/configuration.ts";
import { OpenIdProvider } from "./openid-provider.ts";
import { PendingSignIns } from "./pending-sign-ins.ts";

/** All that signing in through the configured provider takes. */
export interface SingleSignOnParts {
  /** What people call the provider. */
  readonly name: string;
  readonly issuer: string;
  readonly provider: OpenIdProvider;
  readonly pending: PendingSignIns;
  readonly accounts: SingleSignOn;
}

/** null when no provider is configured. Asks the provider nothing yet: it may be away while the server starts. */
export const createSingleSignOn = (
  settings: OpenIdSettings | null,
  parts: { client: HttpClient; database: Database; accounts: Accounts; secrets: SecretBox; world: World },
): SingleSignOnParts | null => {
  if (settings === null) return null;
  const { client, database, accounts, secrets, world } = parts;
  const now = () => world.now();
  return {
    name: settings.name,
    issuer: settings.issuer.href,
    provider: new OpenIdProvider(client, settings, now),
    pending: new PendingSignIns(secrets, now),
    accounts: new SingleSignOn({ database, accounts, world, allowedDomains: settings.allowedDomains }),
  };
};
