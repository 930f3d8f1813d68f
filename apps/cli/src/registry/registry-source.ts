import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  MAX_ARCHIVE_BYTES,
  PatchbayError,
  type RegistryDto,
  type RegistryIndexDto,
  type RegistryPackageDto,
  type RegistrySearchDto,
  type RegistrySummaryDto,
} from "@patchbay/protocol";
import { size } from "../size.ts";

/** The index of 100,000 packages has about 60 MB. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;
const PAGE = 200;
const DEADLINE_MS = 60_000;
const ATTEMPTS = 3;
const PAUSE_MS = 1_000;
/** Names become file names here. */
const PLUGIN = /^[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*$/;
const PUBLISHER = /^[a-z0-9][a-z0-9-]*$/;
const VERSION = /^\d+\.\d+\.\d+[0-9A-Za-z.+-]{0,100}$/;
const DIGEST = /^[0-9a-f]{64}$/;

/** A registry that is copied: a server, or a static mirror of one. */
export class RegistrySource {
  readonly #base: string;
  #registry: RegistryDto | undefined;

  /** `url`: where `registry/v1` lies, or that itself. */
  constructor(url: string) {
    const base = url.replace(/\/+$/, "");
    this.#base = base.endsWith("/registry/v1") ? base : `${base}/registry/v1`;
  }

  /** Throws `unavailable`, or `not_found` where there is no registry. */
  async registry(): Promise<RegistryDto> {
    this.#registry ??= JSON.parse((await this.bytes("registry.json")).toString()) as RegistryDto;
    if (this.#registry.protocol === 1) return this.#registry;
    throw new PatchbayError("not_found", `${this.#base} is no registry that this version understands.`);
  }

  /** All packages, each once. */
  async summaries(onPage: (count: number) => void): Promise<RegistrySummaryDto[]> {
    const { search } = await this.registry();
    if (search === "index")
      return (JSON.parse((await this.bytes("index.json")).toString()) as RegistryIndexDto).items.map(checked);
    const found = new Map<string, RegistrySummaryDto>();
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ sort: "updated", limit: String(PAGE), ...(cursor && { cursor }) });
      const page = JSON.parse((await this.bytes(`search?${query}`)).toString()) as RegistrySearchDto;
      for (const summary of page.items) found.set(summary.plugin, checked(summary));
      cursor = page.cursor;
      onPage(found.size);
    } while (cursor !== undefined);
    return [...found.values()];
  }

  async package(plugin: string): Promise<RegistryPackageDto> {
    const found = JSON.parse((await this.document(`packages/${plugin}`)).toString()) as RegistryPackageDto;
    for (const { version, digest } of found.versions)
      if (!VERSION.test(version) || !DIGEST.test(digest)) throw nonsense(`${plugin} ${version}`);
    return found;
  }

  /** A document as it was sent. */
  async document(path: string): Promise<Buffer> {
    const { search } = await this.registry();
    return await this.bytes(search === "index" ? `${path}.json` : path);
  }

  /** A package's bytes, which are those of the digest. Throws `artifact_corrupt`. */
  async artifact(plugin: string, version: string, digest: string): Promise<Buffer> {
    const bytes = await this.bytes(`packages/${plugin}/versions/${version}/artifact`, MAX_ARCHIVE_BYTES);
    if (createHash("sha256").update(bytes).digest("hex") === digest) return bytes;
    throw new PatchbayError(
      "artifact_corrupt",
      `The registry sent other bytes for ${plugin} ${version} than its own digest says.`,
    );
  }

  /** What lies at the path. Tries again where that may help. Throws `unavailable` or `not_found`. */
  async bytes(path: string, maxBytes = MAX_DOCUMENT_BYTES): Promise<Buffer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#fetch(path, maxBytes);
      } catch (error) {
        if (error instanceof PatchbayError && error.code !== "unavailable") throw error;
        if (attempt === ATTEMPTS) throw error;
        await sleep(PAUSE_MS * attempt);
      }
    }
  }

  async #fetch(path: string, maxBytes: number): Promise<Buffer> {
    const url = `${this.#base}/${path}`;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) });
      if (response.status === 404) throw new PatchbayError("not_found", `There is nothing at ${url}.`);
      // A registry may send on to where its packages lie.
      if (!response.ok) throw new Error(`${new URL(response.url).host} answered ${response.status}`);
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of response.body ?? []) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > maxBytes)
          throw new PatchbayError("payload_too_large", `${url} is larger than ${size(maxBytes)}.`);
      }
      return Buffer.concat(chunks);
    } catch (error) {
      if (error instanceof PatchbayError) throw error;
      const reason = reasonOf(error);
      throw new PatchbayError("unavailable", `The registry cannot be read at ${url}: ${reason}.`, {
        cause: error,
      });
    }
  }
}

/** Of a connection that failed, the cause says more than `fetch failed`. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
};

const checked = (summary: RegistrySummaryDto): RegistrySummaryDto => {
  if (PLUGIN.test(summary.plugin) && PUBLISHER.test(summary.publisher)) return summary;
  throw nonsense(String(summary.plugin));
};

const nonsense = (what: string) =>
  new PatchbayError(
    "invalid_request",
    `The registry lists something that no package is called: ${what.slice(0, 200)}.`,
  );
