import { ConfigurationError } from "./configuration-error.ts";

export interface SourceConfiguration {
  /** Addresses of registries or their mirrors, in order; `own` is the registry of this server. */
  readonly marketplaces: readonly string[];
  /** Where `/repos` of GitHub lies. */
  readonly githubApi: string;
}

/** Stands for the server's own registry where an address would. */
export const OWN_REGISTRY = "own";
const REGISTRY_PATH = "/registry/v1";
const GITHUB_API = "https://api.github.com";

/** Where packages come from. Throws `ConfigurationError`. */
export const readSources = (
  environment: Readonly<Record<string, string | undefined>>,
): SourceConfiguration => ({
  marketplaces: readMarketplaces(environment.PATCHBAY_MARKETPLACE_URL),
  githubApi: readGithub(environment.PATCHBAY_GITHUB_API_URL),
});

const readMarketplaces = (text: string | undefined): readonly string[] => {
  const parts = (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (parts.length === 0) return [OWN_REGISTRY];
  if (parts.length === 1 && parts[0] === "off") return [];
  const addresses = parts.map((part) => (part === OWN_REGISTRY ? part : readMarketplace(part)));
  const twice = addresses.find((one, index) => addresses.indexOf(one) !== index);
  if (twice === undefined) return addresses;
  throw new ConfigurationError(
    "PATCHBAY_MARKETPLACE_URL",
    `names ${twice} twice`,
    "https://plugins.example.org",
  );
};

const readMarketplace = (text: string): string => {
  const url = webAddress(text);
  if (url === null)
    throw new ConfigurationError(
      "PATCHBAY_MARKETPLACE_URL",
      `"${text}" is neither the web address of a registry, nor own, nor (alone) off`,
      "https://plugins.example.org",
    );
  return url.endsWith(REGISTRY_PATH) ? url : `${url}${REGISTRY_PATH}`;
};

const readGithub = (text: string | undefined): string => {
  if (!text) return GITHUB_API;
  const url = webAddress(text);
  if (url !== null) return url;
  throw new ConfigurationError(
    "PATCHBAY_GITHUB_API_URL",
    `"${text}" is not the web address of GitHub's API`,
    "https://github.example.org/api/v3",
  );
};

/** The address without a slash at its end; null for what is none, or has parts that would be lost. */
const webAddress = (text: string): string | null => {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (url === null || !isWeb || url.search !== "" || url.hash !== "") return null;
  if (url.username !== "" || url.password !== "") return null;
  return url.href.replace(/\/+$/, "");
};
