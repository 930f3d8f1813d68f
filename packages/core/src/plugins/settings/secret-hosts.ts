import {
  type FieldError,
  isJsonObject,
  type Manifest,
  PatchbayError,
  SECRET_HOSTS,
  type SecretHosts,
  type SettingsSchema,
  secretHostCovers,
  secretPaths,
} from "@patchbay/protocol";
import type { StoredSettings } from "../../ports/settings-store.ts";
import { pointerOf, schemaAt } from "./effective-settings.ts";

/** A secret that is stored, with the hosts that it was given for. */
export interface GivenSecret {
  /** Level at which it is set; null is the organization's. */
  readonly project: string | null;
  /** JSON pointer of the setting. */
  readonly pointer: string;
  /** null: those that the installed version names, of secrets from before hosts were kept with them. */
  readonly hosts: readonly string[] | null;
}

/** Agreement to hosts of secrets, as an update brings it; the name alone stands for all of them. */
export type SecretConsent = typeof SECRET_HOSTS | SecretHosts;

const SEPARATOR = "~";

/** How a secret is stored: the hosts that it was given for, and the ciphertext, whose context names them too. */
export const withHosts = (hosts: readonly string[], ciphertext: string): string =>
  `${Buffer.from(JSON.stringify(hosts)).toString("base64url")}${SEPARATOR}${ciphertext}`;

/** The way back. `hosts` is null for what was stored before hosts were kept with it. Throws for what is neither. */
export const splitStored = (
  stored: string,
): { readonly hosts: readonly string[] | null; readonly ciphertext: string } => {
  const at = stored.indexOf(SEPARATOR);
  if (at < 0) return { hosts: null, ciphertext: stored };
  const hosts: unknown = JSON.parse(Buffer.from(stored.slice(0, at), "base64url").toString());
  if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === "string"))
    throw new Error("The hosts of a stored secret are not a list of names.");
  return { hosts, ciphertext: stored.slice(at + 1) };
};

/** The secrets of these levels, with the hosts that each was given for. */
export const givenSecrets = (levels: readonly StoredSettings[]): GivenSecret[] =>
  levels.flatMap(({ project, secrets }) =>
    Object.entries(secrets).map(([pointer, stored]) => ({
      project,
      pointer,
      hosts: splitStored(stored).hosts,
    })),
  );

/** The hosts that a manifest names for a secret; none when it has no such secret. */
export const hostsIn = ({ settings }: Manifest, pointer: string): readonly string[] => {
  const schema = settings as SettingsSchema | undefined;
  const path = schema && secretPaths(schema).find((one) => pointerOf(one) === pointer);
  return (schema && path && schemaAt(schema, path)?.hosts) ?? [];
};

/** What `to` names for secrets that were given for other hosts, by setting. */
export const newHosts = (given: readonly GivenSecret[], from: Manifest, to: Manifest): SecretHosts[] => {
  const bySetting = Map.groupBy(given, ({ pointer }) => pointer);
  return [...bySetting].flatMap(([setting, levels]) => {
    const hosts = hostsIn(to, setting).filter((host) =>
      levels.some(
        (level) => !(level.hosts ?? hostsIn(from, setting)).some((one) => secretHostCovers(one, host)),
      ),
    );
    return hosts.length === 0 ? [] : [{ name: SECRET_HOSTS, setting, hosts }];
  });
};

/** Takes the agreement to hosts out of what comes with an update. */
export const splitConsents = <G extends string | { readonly name: string }>(
  given: readonly (G | SecretConsent)[],
): { readonly grants: Exclude<G, SecretConsent>[]; readonly consents: SecretConsent[] } => {
  const isConsent = (one: G | SecretConsent): one is SecretConsent =>
    one === SECRET_HOSTS || (isJsonObject(one) && one.name === SECRET_HOSTS);
  return {
    grants: given.filter((one): one is Exclude<G, SecretConsent> => !isConsent(one)),
    consents: given.filter(isConsent),
  };
};

/** What was agreed to of the hosts that are wanted, by setting. Throws `grant_invalid` for hosts that the version does not name. */
export const agreedHosts = (
  consents: readonly SecretConsent[],
  wanted: readonly SecretHosts[],
  to: Manifest,
): ReadonlyMap<string, readonly string[]> => {
  const all = consents.includes(SECRET_HOSTS) ? wanted : [];
  const single = consents.filter((one) => one !== SECRET_HOSTS);
  const errors = single.flatMap(({ setting, hosts }): FieldError[] => {
    const strange = hosts.filter((host) => !hostsIn(to, setting).includes(host));
    if (strange.length === 0) return [];
    const message = `${to.id} ${to.version} does not send ${setting} to ${strange.join(", ")}.`;
    return [{ pointer: "/grants", message }];
  });
  if (errors.length > 0) throw new PatchbayError("grant_invalid", errors[0]?.message ?? "", { errors });
  return new Map([...all, ...single].map(({ setting, hosts }) => [setting, hosts]));
};
