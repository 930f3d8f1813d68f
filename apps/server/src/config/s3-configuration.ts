import { proxyFor } from "@patchbay/egress";
import type { S3Settings } from "@patchbay/storage-objects";
import { ConfigurationError } from "./configuration-error.ts";
import { readProxies } from "./proxy-configuration.ts";

export interface S3Configuration extends S3Settings {
  /** Whether downloads are sent on to S3 itself. */
  readonly redirects: boolean;
}

const NAMES = [
  "PATCHBAY_S3_ENDPOINT",
  "PATCHBAY_S3_REGION",
  "PATCHBAY_S3_ACCESS_KEY_ID",
  "PATCHBAY_S3_SECRET_ACCESS_KEY",
  "PATCHBAY_S3_FORCE_PATH_STYLE",
  "PATCHBAY_S3_REDIRECTS",
] as const;
/** What Amazon itself and those who speak like it take for a name, among them old ones. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;
const DEFAULT_REGION = "us-east-1";

/**
 * Where artifacts are kept; null for the data folder. Keys are not looked at here: with missing or wrong ones the server starts
 * and says so. Throws `ConfigurationError`.
 */
export const readS3 = (environment: Readonly<Record<string, string | undefined>>): S3Configuration | null => {
  const bucket = environment.PATCHBAY_S3_BUCKET;
  if (!bucket) {
    const lonely = NAMES.find((name) => environment[name]);
    if (lonely === undefined) return null;
    throw new ConfigurationError("PATCHBAY_S3_BUCKET", `is missing beside ${lonely}`, "patchbay");
  }
  if (!BUCKET.test(bucket))
    throw new ConfigurationError("PATCHBAY_S3_BUCKET", `"${bucket}" is not the name of a bucket`, "patchbay");
  const endpoint = readEndpoint(environment.PATCHBAY_S3_ENDPOINT);
  const accessKeyId = environment.PATCHBAY_S3_ACCESS_KEY_ID ?? "";
  const secretAccessKey = environment.PATCHBAY_S3_SECRET_ACCESS_KEY ?? "";
  const region = environment.PATCHBAY_S3_REGION || DEFAULT_REGION;
  return {
    bucket,
    endpoint,
    region,
    proxy: proxyFor(
      new URL(endpoint ?? `https://${bucket}.s3.${region}.amazonaws.com`),
      readProxies(environment),
    ),
    credentials: accessKeyId === "" && secretAccessKey === "" ? null : { accessKeyId, secretAccessKey },
    forcePathStyle: readSwitch(environment, "PATCHBAY_S3_FORCE_PATH_STYLE", endpoint !== null),
    redirects: readSwitch(environment, "PATCHBAY_S3_REDIRECTS", true),
  };
};

const readEndpoint = (text: string | undefined): string | null => {
  if (!text) return null;
  const url = URL.parse(text);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (url !== null && isWeb && url.search === "" && url.hash === "" && url.username === "") return text;
  throw new ConfigurationError(
    "PATCHBAY_S3_ENDPOINT",
    `"${text}" is not the web address of an S3 server`,
    "https://s3.example.org",
  );
};

const readSwitch = (
  environment: Readonly<Record<string, string | undefined>>,
  name: (typeof NAMES)[number],
  usual: boolean,
): boolean => {
  const text = environment[name];
  if (!text) return usual;
  if (text === "true" || text === "false") return text === "true";
  throw new ConfigurationError(name, `"${text}" is neither true nor false`, "true");
};
