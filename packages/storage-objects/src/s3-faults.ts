import { PatchbayError } from "@patchbay/protocol";
import { corruptArtifact, missingArtifact } from "./artifacts.ts";

/** What a request to S3 can come to, other than an answer. */
export type S3Fault = "absent" | "corrupt" | "refused" | "unavailable";

const ABSENT = new Set(["NoSuchKey", "NotFound"]);
/** The bytes that arrived there were not those whose digest was announced. */
const CORRUPT = new Set(["XAmzContentSHA256Mismatch", "BadDigest"]);
/** Nothing that a second try mends: somebody must change a variable, a policy or a bucket. */
const REFUSED = new Set([
  "AccessDenied",
  "AuthorizationHeaderMalformed",
  "CredentialsProviderError",
  "ExpiredToken",
  "InvalidAccessKeyId",
  "InvalidBucketName",
  "InvalidToken",
  "NoSuchBucket",
  "PermanentRedirect",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);
const REFUSED_STATUS = new Set([301, 401, 403]);

export const kindOf = (error: unknown): S3Fault => {
  const { name, status } = factsOf(error);
  if (ABSENT.has(name) || (status === 404 && name !== "NoSuchBucket")) return "absent";
  if (CORRUPT.has(name)) return "corrupt";
  if (REFUSED.has(name) || (status !== undefined && REFUSED_STATUS.has(status))) return "refused";
  return "unavailable";
};

/** The error for whoever asked. Says what S3 said, and never where it is. */
export const storeFault = (digest: string, error: unknown): PatchbayError => {
  if (error instanceof PatchbayError) return error;
  const { name } = factsOf(error);
  const details = { cause: error };
  const kind = kindOf(error);
  switch (kind) {
    case "absent":
      return missingArtifact(digest, error);
    case "corrupt":
      return corruptArtifact(digest, error);
    case "refused":
      return new PatchbayError("artifact_store_refused", `The artifact store refuses: ${name}.`, details);
    case "unavailable":
      return new PatchbayError(
        "artifact_store_unavailable",
        `The artifact store cannot be used now: ${name}.`,
        details,
      );
    default:
      return kind satisfies never;
  }
};

/** The name by which S3, the SDK or Node knows the error, and the HTTP status if there was one. */
const factsOf = (error: unknown): { name: string; status?: number } => {
  if (typeof error !== "object" || error === null) return { name: String(error) };
  const { code, name, $metadata } = error as Record<string, unknown>;
  const metadata = typeof $metadata === "object" && $metadata !== null ? $metadata : {};
  const status = "httpStatusCode" in metadata ? metadata.httpStatusCode : undefined;
  const known = [code, name].find((one) => typeof one === "string" && one !== "");
  return { name: String(known ?? "unknown"), ...(typeof status === "number" && { status }) };
};
