import { readFileSync } from "node:fs";
import { ConfigurationError } from "./configuration-error.ts";

const NAME = "PATCHBAY_SIGSTORE_TRUSTED_ROOT";
const EXAMPLE = "/etc/patchbay/trusted_root.json";
const MEDIA_TYPE = "application/vnd.dev.sigstore.trustedroot";

/** The root of a Sigstore instance in a file, as JSON; null without one: the public instance's is used. */
export const readTrustedRoot = (path: string | undefined): string | null => {
  if (path === undefined || path === "") return null;
  const text = readText(path);
  const { mediaType } = parseObject(path, text);
  if (typeof mediaType === "string" && mediaType.startsWith(MEDIA_TYPE)) return text;
  throw new ConfigurationError(NAME, `"${path}" is not a trusted root of Sigstore`, EXAMPLE);
};

const readText = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(NAME, `"${path}" cannot be read: ${reason}`, EXAMPLE);
  }
};

const parseObject = (path: string, text: string): { readonly mediaType?: unknown } => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    throw new ConfigurationError(NAME, `"${path}" is not JSON`, EXAMPLE);
  }
};
