import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { PatchbayError } from "@patchbay/protocol";
import { UsageError } from "../output.ts";
import type { MirrorTarget } from "./mirror-target.ts";

const DIGEST = "sha256";
/** The bytes of a version never change; documents may within a minute, as a registry has it. */
const FOR_EVER = "public, max-age=31536000, immutable";
const A_MINUTE = "public, max-age=60";

/** How long the server may take to accept a connection, and then be silent, before it is asked again; in milliseconds. */
const PATIENCE = { connectMs: 5_000, idleMs: 30_000 };

type Sdk = typeof import("@aws-sdk/client-s3");

/** Objects below a prefix of an S3 bucket. Their digest is kept with them, so that they need not be read to be known. */
export class MirrorBucket implements MirrorTarget {
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  private constructor(sdk: Sdk, client: S3Client, bucket: string, prefix: string) {
    this.#sdk = sdk;
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /**
   * `address` is `s3://BUCKET/PREFIX`; the server, its region and credentials are those of `PATCHBAY_S3_*`, otherwise those of the
   * machine's role or profile. Loads the SDK, which nothing else needs. Throws `UsageError` for another address; its methods
   * throw `artifact_store_refused` and `artifact_store_unavailable`.
   */
  static async open(
    address: string,
    environment: NodeJS.ProcessEnv,
    patience = PATIENCE,
  ): Promise<MirrorBucket> {
    const url = URL.parse(address);
    if (url?.protocol !== "s3:" || url.hostname === "")
      throw new UsageError(`"${address}" is no address such as s3://bucket/prefix.`);
    const sdk = await import("@aws-sdk/client-s3");
    const folder = url.pathname.split("/").filter(Boolean).join("/");
    const prefix = `${folder === "" ? "" : `${folder}/`}registry/v1/`;
    return new MirrorBucket(sdk, clientOf(sdk, environment, patience), url.hostname, prefix);
  }

  async write(path: string, content: Buffer): Promise<void> {
    const { PutObjectCommand } = this.#sdk;
    const request = new PutObjectCommand({
      ...this.#object(path),
      Body: content,
      ContentType: typeOf(path),
      CacheControl: path.endsWith(".json") ? A_MINUTE : FOR_EVER,
      Metadata: { [DIGEST]: createHash("sha256").update(content).digest("hex") },
    });
    await this.#client.send(request).catch((error: unknown) => {
      throw this.#fault(error);
    });
  }

  async has(path: string, digest: string, size: number): Promise<boolean> {
    const { HeadObjectCommand, NotFound } = this.#sdk;
    try {
      const found = await this.#client.send(new HeadObjectCommand(this.#object(path)));
      return found.ContentLength === size && found.Metadata?.[DIGEST] === digest;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw this.#fault(error);
    }
  }

  #fault(error: unknown): PatchbayError {
    const status = (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata
      ?.httpStatusCode;
    const reason = error instanceof Error ? error.message : String(error);
    return status !== undefined && status < 500
      ? new PatchbayError(
          "artifact_store_refused",
          `The bucket "${this.#bucket}" refuses this (${status}, ${reason}). Check its name and PATCHBAY_S3_*.`,
          { cause: error },
        )
      : new PatchbayError("artifact_store_unavailable", `The S3 server did not answer: ${reason}.`, {
          cause: error,
        });
  }

  #object(path: string) {
    return { Bucket: this.#bucket, Key: `${this.#prefix}${path}` };
  }
}

const typeOf = (path: string): string => {
  if (path.endsWith(".json")) return "application/json";
  return path.endsWith("/artifact") ? "application/zip" : "text/plain; charset=utf-8";
};

const clientOf = (
  { S3Client }: Sdk,
  environment: NodeJS.ProcessEnv,
  { connectMs, idleMs }: typeof PATIENCE,
): S3Client => {
  const {
    PATCHBAY_S3_ENDPOINT: endpoint,
    PATCHBAY_S3_REGION: region = "us-east-1",
    PATCHBAY_S3_ACCESS_KEY_ID: accessKeyId,
    PATCHBAY_S3_SECRET_ACCESS_KEY: secretAccessKey,
    PATCHBAY_S3_FORCE_PATH_STYLE: pathStyle,
  } = environment;
  return new S3Client({
    region,
    ...(endpoint && { endpoint }),
    ...(accessKeyId && secretAccessKey && { credentials: { accessKeyId, secretAccessKey } }),
    forcePathStyle: pathStyle === undefined ? Boolean(endpoint) : pathStyle === "true",
    // Others than Amazon do not know the newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: connectMs, socketTimeout: idleMs },
  });
};
