import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Readable } from "node:stream";
import type { HeadObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { MAX_ARCHIVE_BYTES, PatchbayError } from "@patchbay/protocol";
import { corruptArtifact } from "./artifacts.ts";
import { ADDRESS_LIFETIME_SECONDS, S3_ATTEMPTS, S3_TIMES, type S3Times } from "./limits.ts";
import { kindOf, storeFault } from "./s3-faults.ts";
import type { S3Settings } from "./s3-settings.ts";
import { watchedBody } from "./watched-body.ts";

const PREFIX = "sha256/";
/** What lies under a digest never changes: browsers and CDNs may keep it. */
const FOR_EVER = "public, max-age=31536000, immutable";

type Sdk = typeof import("@aws-sdk/client-s3");

/** Hears how each request ended: null when it was answered, also when that was a no. */
export type S3Listener = (fault: PatchbayError | null) => void;

const ignore = (): void => undefined;

/** Artifacts as objects of a bucket: `sha256/ab/abcdef…`. Bytes are not checked here. */
export class S3Bucket {
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #settings: S3Settings;
  readonly #times: S3Times;
  readonly #listener: S3Listener;

  private constructor(sdk: Sdk, settings: S3Settings, times: S3Times, listener: S3Listener) {
    this.#sdk = sdk;
    this.#listener = listener;
    this.#settings = settings;
    this.#times = times;
    this.#client = clientOf(sdk, settings, times);
  }

  /** Loads the SDK, which nobody else needs. Asks nothing of the server. */
  static async open(
    settings: S3Settings,
    times: S3Times = S3_TIMES,
    listener: S3Listener = ignore,
  ): Promise<S3Bucket> {
    return new S3Bucket(await import("@aws-sdk/client-s3"), settings, times, listener);
  }

  /** Throws `artifact_store_refused` or `artifact_store_unavailable` when the bucket cannot be used. */
  async check(): Promise<void> {
    const { credentials } = this.#settings;
    if (credentials !== null && (credentials.accessKeyId === "" || credentials.secretAccessKey === ""))
      throw new PatchbayError(
        "artifact_store_refused",
        "Of PATCHBAY_S3_ACCESS_KEY_ID and PATCHBAY_S3_SECRET_ACCESS_KEY one is missing.",
      );
    const { ListObjectsV2Command } = this.#sdk;
    const { Name } = await this.#ask("", (signal) =>
      this.#client.send(new ListObjectsV2Command({ ...this.#bucket, MaxKeys: 1 }), { abortSignal: signal }),
    );
    if (Name !== this.#settings.bucket)
      throw new PatchbayError("artifact_store_refused", "What PATCHBAY_S3_ENDPOINT names is not S3.");
  }

  /** Size in bytes; null when there is no such object. */
  async sizeOf(digest: string): Promise<number | null> {
    const { HeadObjectCommand } = this.#sdk;
    try {
      const found: HeadObjectCommandOutput = await this.#ask(digest, (signal) =>
        this.#client.send(new HeadObjectCommand(this.#object(digest)), { abortSignal: signal }),
      );
      return found.ContentLength ?? 0;
    } catch (error) {
      if (error instanceof PatchbayError && error.code === "artifact_missing") return null;
      throw error;
    }
  }

  /**
   * The bytes as they come. Throws `artifact_missing`, `artifact_corrupt` (larger than any artifact), `artifact_store_refused`,
   * `artifact_store_unavailable`; the stream fails with the last of them.
   */
  async get(digest: string): Promise<Readable> {
    const { GetObjectCommand } = this.#sdk;
    const { Body, ContentLength } = await this.#ask(digest, (signal) =>
      this.#client.send(new GetObjectCommand(this.#object(digest)), { abortSignal: signal }),
    );
    if (!(Body instanceof Readable)) throw storeFault(digest, new Error("no body"));
    const sizeBytes = ContentLength ?? Number.NaN;
    if (!(sizeBytes <= MAX_ARCHIVE_BYTES)) {
      Body.destroy();
      throw corruptArtifact(digest);
    }
    return watchedBody(Body, { ...this.#times, sizeBytes });
  }

  /** Stores bytes that have this digest, over what is there: S3 compares them with it on arrival. */
  async put(digest: string, bytes: Uint8Array): Promise<void> {
    await this.#put(digest, bytes.byteLength, () => bytes);
  }

  async putFile(digest: string, path: string): Promise<void> {
    const { size } = await stat(path);
    await this.#put(digest, size, () => (size === 0 ? new Uint8Array() : createReadStream(path)));
  }

  async remove(digest: string): Promise<void> {
    const { DeleteObjectCommand } = this.#sdk;
    await this.#ask(digest, (signal) =>
      this.#client.send(new DeleteObjectCommand(this.#object(digest)), { abortSignal: signal }),
    );
  }

  /** Digests of all artifacts in the bucket. */
  async list(): Promise<Set<string>> {
    const { ListObjectsV2Command } = this.#sdk;
    const digests = new Set<string>();
    let next: string | undefined;
    do {
      const page = await this.#ask("", (signal) =>
        this.#client.send(
          new ListObjectsV2Command({ ...this.#bucket, Prefix: PREFIX, ContinuationToken: next }),
          { abortSignal: signal },
        ),
      );
      for (const { Key = "" } of page.Contents ?? []) digests.add(Key.slice(Key.lastIndexOf("/") + 1));
      next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
    return digests;
  }

  /** An address that gives anybody the object for a short time, as a file of this name and type. */
  async addressOf(digest: string, as: { fileName: string; mediaType: string }): Promise<URL> {
    const { getSignedUrl } = await import("@aws-sdk/s3-request-presigner");
    const command = new this.#sdk.GetObjectCommand({
      ...this.#object(digest),
      ResponseCacheControl: FOR_EVER,
      ResponseContentType: as.mediaType,
      ResponseContentDisposition: `attachment; filename="${as.fileName}"`,
    });
    return new URL(await getSignedUrl(this.#client, command, { expiresIn: ADDRESS_LIFETIME_SECONDS }));
  }

  close(): void {
    this.#client.destroy();
  }

  get #bucket() {
    return { Bucket: this.#settings.bucket };
  }

  #object(digest: string) {
    return { ...this.#bucket, Key: `${PREFIX}${digest.slice(0, 2)}/${digest}` };
  }

  /** A stream can be sent once, so the SDK does not try again by itself. */
  async #put(digest: string, sizeBytes: number, body: () => Uint8Array | Readable): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#putOnce(digest, sizeBytes, body());
        this.#listener(null);
        return;
      } catch (error) {
        if (kindOf(error) !== "unavailable" || attempt >= S3_ATTEMPTS) throw this.#fault(digest, error);
      }
    }
  }

  async #putOnce(digest: string, sizeBytes: number, body: Uint8Array | Readable): Promise<void> {
    const command = new this.#sdk.PutObjectCommand({
      ...this.#object(digest),
      Body: body,
      ContentLength: sizeBytes,
      CacheControl: FOR_EVER,
    });
    // The signature covers the digest, which is known: nothing is read twice, and S3 refuses other bytes.
    command.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        headers["x-amz-content-sha256"] = digest;
        return next(args);
      },
      { step: "build", name: "announceDigest" },
    );
    try {
      await this.#client.send(command, { abortSignal: AbortSignal.timeout(this.#times.transferMs) });
    } finally {
      if (body instanceof Readable) body.destroy();
    }
  }

  #fault(digest: string, error: unknown): PatchbayError {
    const fault = storeFault(digest, error);
    const isOutage = fault.code === "artifact_store_unavailable" || fault.code === "artifact_store_refused";
    this.#listener(isOutage ? fault : null);
    return fault;
  }

  async #ask<T>(digest: string, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.#times.requestMs);
    try {
      const answer = await send(deadline.signal);
      this.#listener(null);
      return answer;
    } catch (error) {
      throw this.#fault(digest, error);
    } finally {
      // Only the answer is waited for so long; its body has a clock of its own.
      clearTimeout(timer);
    }
  }
}

const agentsThrough = (proxy: URL | null) => {
  if (proxy === null) return {};
  const options = { keepAlive: true, proxyEnv: { HTTP_PROXY: proxy.href, HTTPS_PROXY: proxy.href } };
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
};

const clientOf = ({ S3Client }: Sdk, settings: S3Settings, times: S3Times): S3Client =>
  new S3Client({
    region: settings.region,
    ...(settings.endpoint !== null && { endpoint: settings.endpoint }),
    ...(settings.credentials !== null && { credentials: settings.credentials }),
    forcePathStyle: settings.forcePathStyle,
    maxAttempts: S3_ATTEMPTS,
    // Others than Amazon do not know the newer checksums; digests are compared either way.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // What the SDK has to say comes as errors.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    requestHandler: {
      connectionTimeout: times.connectMs,
      socketTimeout: times.idleMs,
      ...agentsThrough(settings.proxy ?? null),
    },
  });
