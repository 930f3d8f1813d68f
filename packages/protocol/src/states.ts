/** How it stands with an installation. */
export const INSTALLATION_STATES = [
  "disabled",
  "enabling",
  "enabled",
  "updating",
  "error",
  "blocked",
] as const;
export type InstallationState = (typeof INSTALLATION_STATES)[number];

/** How far a package can be trusted: `modified` and `revoked` ones do not run. */
export const TRUST_STATES = ["signed", "unsigned", "modified", "revoked"] as const;
export type TrustState = (typeof TRUST_STATES)[number];
