import type { Marketplace, MarketplacePart, MarketplaceQuery, PromisedArtifact } from "@patchbay/core";
import type { HttpClient } from "@patchbay/egress";
import {
  type BlockedDto,
  MAX_ARCHIVE_BYTES,
  MAX_DOCUMENT_BYTES,
  MAX_ICON_BYTES,
  type OsvDto,
  PatchbayError,
  parseJson,
  RegistryAdvisoriesDto,
  RegistryBlocklistDto,
  RegistryDto,
  RegistryIndexDto,
  RegistryPackageDto,
  RegistryPublisherDto,
  RegistrySearchDto,
  schemaErrors,
  validateManifest,
} from "@patchbay/protocol";
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { KeptDocuments } from "./kept-documents.ts";
import {
  DESCRIPTION_MS,
  FRESH_MS,
  MAX_DOCUMENT_ANSWER_BYTES,
  MAX_INDEX_BYTES,
  MAX_KEPT_BYTES,
  MAX_KEPT_DOCUMENTS,
  PATIENCE,
  type Patience,
} from "./limits.ts";
import { writePromised } from "./promised-file.ts";
import { searchIndex } from "./search-index.ts";
import { readAll, type Transfer, TransferFault, transfer } from "./transfer.ts";

const USER_AGENT = "Patchbay";
/** Thirty times as fast as looking at the schema each time, which for 100,000 packages takes two seconds. */
const isIndex = Compile(RegistryIndexDto);

export interface HttpMarketplaceOptions {
  readonly client: HttpClient;
  readonly key: string;
  /** Where `registry.json` lies, without a slash at the end; asked for anew each time, for an address that is known late. */
  readonly base: () => string;
  /** What people see. */
  readonly url: () => string;
  readonly patience?: Patience;
  readonly now?: () => number;
}

/** A registry or a static mirror of one, over HTTP. */
export class HttpMarketplace implements Marketplace {
  readonly key: string;
  readonly #options: HttpMarketplaceOptions;
  readonly #patience: Patience;
  readonly #now: () => number;
  readonly #kept = new KeptDocuments(MAX_KEPT_DOCUMENTS, MAX_KEPT_BYTES);
  #expiredAt = 0;
  #about: { readonly registry: RegistryDto; readonly readAt: number } | undefined;

  constructor(options: HttpMarketplaceOptions) {
    this.key = options.key;
    this.#options = options;
    this.#patience = options.patience ?? PATIENCE;
    this.#now = options.now ?? (() => performance.now());
  }

  get url(): string {
    return this.#options.url();
  }

  get name(): string {
    return this.#about?.registry.name ?? URL.parse(this.url)?.host ?? this.url;
  }

  async describe(): Promise<RegistryDto> {
    const registry = await this.#document("registry.json", RegistryDto, MAX_DOCUMENT_ANSWER_BYTES);
    if (registry === null) throw this.#invalid("has no registry.json: it is no registry of plugins");
    this.#about = { registry, readAt: this.#now() };
    return registry;
  }

  async search(query: MarketplaceQuery): Promise<RegistrySearchDto> {
    if (await this.#isStatic()) {
      const index = await this.#document("index.json", RegistryIndexDto, MAX_INDEX_BYTES);
      if (index === null) throw this.#invalid("has no index.json");
      return searchIndex(index, query);
    }
    const words = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) words.set(name, String(value));
    const found = await this.#document(`search?${words}`, RegistrySearchDto, MAX_DOCUMENT_ANSWER_BYTES);
    if (found === null) throw this.#invalid("does not answer searches");
    return found;
  }

  async package(pluginId: string): Promise<RegistryPackageDto | null> {
    return await this.#named(`packages/${encodeURIComponent(pluginId)}`, RegistryPackageDto, (found) =>
      this.#usable(pluginId, found),
    );
  }

  async publisher(publisher: string): Promise<RegistryPublisherDto | null> {
    return await this.#named(`publishers/${encodeURIComponent(publisher)}`, RegistryPublisherDto, (found) => {
      if (found.publisher !== publisher)
        throw this.#invalid(`answers with another publisher than ${publisher}`);
      return found;
    });
  }

  async advisories(): Promise<readonly OsvDto[]> {
    return (await this.#named("advisories", RegistryAdvisoriesDto))?.items ?? [];
  }

  async blocklist(): Promise<readonly BlockedDto[]> {
    return (await this.#named("blocklist", RegistryBlocklistDto))?.items ?? [];
  }

  async fetchArtifact(promised: PromisedArtifact, path: string, signal?: AbortSignal): Promise<void> {
    const { plugin, version, sizeBytes } = promised;
    const what = `the package of ${plugin} ${version}`;
    if (sizeBytes > MAX_ARCHIVE_BYTES)
      throw this.#invalid(`offers ${what} with ${sizeBytes} bytes; ${MAX_ARCHIVE_BYTES} are allowed`);
    await this.#guarded(what, async () => {
      const address = `${partPath(plugin, version)}/artifact`;
      const answer = await this.#get(address, {}, this.#patience.packageMs, { elsewhere: true, signal });
      if (answer.status !== 200) {
        answer.discard();
        throw this.#statusFault(answer, what);
      }
      await writePromised(answer, path, promised);
    });
  }

  async part(pluginId: string, version: string, part: MarketplacePart): Promise<Buffer | null> {
    const most = part === "icon" ? MAX_ICON_BYTES : MAX_DOCUMENT_BYTES;
    return await this.#guarded(`the ${part} of ${pluginId} ${version}`, async () => {
      const answer = await this.#get(`${partPath(pluginId, version)}/${part}`, {}, this.#patience.documentMs);
      if (answer.status === 200) return await readAll(answer, most);
      answer.discard();
      if (answer.status === 404) return null;
      throw this.#statusFault(answer, `the ${part} of ${pluginId} ${version}`);
    });
  }

  /** A document that lies under its path, with `.json` behind it in a static mirror. */
  async #named<S extends TSchema>(
    path: string,
    schema: S,
    take: (value: Static<S>) => Static<S> = (value) => value,
  ): Promise<Static<S> | null> {
    const file = (await this.#isStatic()) ? `${path}.json` : path;
    return await this.#document(file, schema, MAX_DOCUMENT_ANSWER_BYTES, take);
  }

  expire(): void {
    this.#expiredAt = this.#now();
  }

  async #isStatic(): Promise<boolean> {
    const known = this.#about;
    const isRecent = known !== undefined && this.#now() - known.readAt < DESCRIPTION_MS;
    return (isRecent ? known.registry : await this.describe()).search === "index";
  }

  async #document<S extends TSchema>(
    path: string,
    schema: S,
    maxBytes: number,
    take: (value: Static<S>) => Static<S> = (value) => value,
  ): Promise<Static<S> | null> {
    const kept = this.#kept.get(path);
    const isFresh = kept !== undefined && kept.readAt > Math.max(this.#now() - FRESH_MS, this.#expiredAt);
    if (isFresh) return kept.value as Static<S> | null;
    return await this.#guarded(path, async () => {
      const revalidating: Record<string, string> = kept?.etag ? { "if-none-match": kept.etag } : {};
      const answer = await this.#get(path, revalidating, this.#patience.documentMs);
      const etag = answer.headers.get("etag");
      const keep = (value: unknown, bytes: number): void =>
        this.#kept.put(path, { etag, value, bytes, readAt: this.#now() });
      if (answer.status === 304 && kept !== undefined) {
        answer.discard();
        this.#kept.put(path, { ...kept, readAt: this.#now() });
        return kept.value as Static<S> | null;
      }
      if (answer.status !== 200) {
        answer.discard();
        if (answer.status !== 404) throw this.#statusFault(answer, path);
        keep(null, 0);
        return null;
      }
      const content = await readAll(answer, maxBytes);
      const value = take(this.#checked(path, schema, content));
      keep(value, content.length);
      return value;
    });
  }

  #checked<S extends TSchema>(path: string, schema: S, bytes: Buffer): Static<S> {
    const parsed = parseJson(bytes, { maxBytes: MAX_INDEX_BYTES });
    if (!parsed.ok) throw this.#invalid(`answers ${path} with what is no JSON: it ${parsed.error}`);
    const { value } = parsed;
    const isGood = schema === (RegistryIndexDto as TSchema) && isIndex.Check(value);
    const [fault] = isGood ? [] : schemaErrors(schema, value);
    if (fault === undefined) return value as Static<S>;
    throw this.#invalid(`answers ${path} wrongly at ${fault.pointer || "its root"}: ${fault.message}`);
  }

  /** The package with the versions that can be used here. */
  #usable(pluginId: string, found: RegistryPackageDto): RegistryPackageDto {
    if (found.plugin !== pluginId)
      throw this.#invalid(`answers with ${found.plugin} when asked for ${pluginId}`);
    const versions = found.versions.filter(({ manifest, version, publishedAt }) => {
      if (Number.isNaN(Date.parse(publishedAt)))
        throw this.#invalid(`says of ${pluginId} ${version} that it came out at a time that is none`);
      const checked = validateManifest(manifest);
      if (!checked.ok) return false;
      const { id, version: stated } = checked.value;
      if (id === pluginId && stated === version) return true;
      throw this.#invalid(`describes ${pluginId} ${version} with the manifest of ${id} ${stated}`);
    });
    return { ...found, versions };
  }

  async #get(
    path: string,
    headers: Readonly<Record<string, string>>,
    deadlineMs: number,
    { elsewhere = false, signal }: { elsewhere?: boolean; signal?: AbortSignal | undefined } = {},
  ): Promise<Transfer> {
    const all = { "user-agent": USER_AGENT, accept: "application/json, */*", ...headers };
    const patience = this.#patience;
    const options = { headers: all, elsewhere, patience, deadlineMs, ...(signal && { signal }) };
    return await transfer(this.#options.client, `${this.#options.base()}/${path}`, options);
  }

  async #guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransferFault)) throw error;
      const reason = `${error.message}, for ${what}`;
      throw error.kind === "lie" ? this.#invalid(reason, error) : this.#unavailable(reason, error);
    }
  }

  #statusFault({ status, sentOnTo }: Transfer, what: string): PatchbayError {
    const who = sentOnTo === null ? "" : `sent on to ${sentOnTo}, which `;
    const reason = `${who}answers ${what} with status ${status}`;
    return status >= 500 || status === 429 ? this.#unavailable(reason) : this.#invalid(reason);
  }

  #unavailable(reason: string, cause?: unknown): PatchbayError {
    return this.#fault("marketplace_unavailable", reason, cause);
  }

  #invalid(reason: string, cause?: unknown): PatchbayError {
    return this.#fault("marketplace_invalid", reason, cause);
  }

  #fault(code: "marketplace_unavailable" | "marketplace_invalid", reason: string, cause?: unknown) {
    return new PatchbayError(code, `The marketplace ${this.url} ${reason}.`, {
      facts: { marketplace: this.url },
      ...(cause !== undefined && { cause }),
    });
  }
}

const partPath = (pluginId: string, version: string): string =>
  `packages/${encodeURIComponent(pluginId)}/versions/${encodeURIComponent(version)}`;
