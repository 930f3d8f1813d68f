import type { CodeHost, CodeRelease, ListedRelease } from "@patchbay/core";
import type { HttpClient } from "@patchbay/egress";
import {
  compareVersions,
  MAX_ARCHIVE_BYTES,
  MAX_MANIFEST_BYTES,
  PatchbayError,
  parseJson,
  schemaErrors,
  versionOfTag,
} from "@patchbay/protocol";
import type { Static, TSchema } from "typebox";
import {
  type GithubAsset,
  GithubFault,
  GithubRelease,
  GithubReleases,
  GithubThing,
} from "./github-documents.ts";
import { MAX_FAULT_BYTES, MAX_GITHUB_ANSWER_BYTES, PATIENCE, type Patience } from "./limits.ts";
import { writeBody } from "./promised-file.ts";
import { readAll, type Transfer, TransferFault, transfer } from "./transfer.ts";

const API_VERSION = "2022-11-28";
const JSON_TYPE = "application/vnd.github+json";
const RAW_TYPE = "application/vnd.github.raw+json";
const BYTES_TYPE = "application/octet-stream";
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;
/** As many as one page has. Who publishes more between two looks is not followed further back. */
const RELEASES = 100;

/** GitHub, or a GitHub Enterprise, over its REST API. */
export class GithubCodeHost implements CodeHost {
  readonly #client: HttpClient;
  readonly #api: string;
  readonly #patience: Patience;
  /** Until when GitHub takes no more requests, by the token that it was shown. */
  readonly #limited = new Map<string | null, PatchbayError>();

  /** `api` is where `/repos` lies. */
  constructor(client: HttpClient, api: string, patience: Patience = PATIENCE) {
    this.#client = client;
    this.#api = api.replace(/\/+$/, "");
    this.#patience = patience;
  }

  async findRelease(repository: string, version: string, token: string | null): Promise<CodeRelease> {
    requireRepository(repository);
    const base = `repos/${repository}`;
    const tags = [`v${version}`, version];
    for (const tag of tags) {
      const release = await this.#document(
        `${base}/releases/tags/${encodeURIComponent(tag)}`,
        GithubRelease,
        token,
      );
      if (release !== null && !release.draft) return this.#releaseOf(repository, release);
    }
    for (const tag of tags) {
      const found = await this.#document(
        `${base}/git/ref/tags/${encodeURIComponent(tag)}`,
        GithubThing,
        token,
      );
      if (found !== null) return { repository, tag, asset: null };
    }
    if ((await this.#document(base, GithubThing, token)) === null) throw noRepository(repository, token);
    throw new PatchbayError(
      "release_not_found",
      `${repository} has neither a release nor a tag ${tags.join(" or ")}.`,
    );
  }

  async download(
    { repository, tag, asset }: CodeRelease,
    path: string,
    token: string | null,
    signal?: AbortSignal,
  ): Promise<void> {
    if (asset !== null && asset.sizeBytes > MAX_ARCHIVE_BYTES) throw tooLarge(asset.name);
    const address = asset?.address ?? `repos/${repository}/zipball/refs/tags/${encodeURIComponent(tag)}`;
    await this.#guarded(async () => {
      const answer = await this.#get(address, asset === null ? JSON_TYPE : BYTES_TYPE, token, {
        deadlineMs: this.#patience.packageMs,
        // GitHub keeps files on other machines than its API.
        elsewhere: true,
        signal,
      });
      if (answer.status !== 200) throw (await this.#fault(answer, token)) ?? noRepository(repository, token);
      await writeBody(answer, path, MAX_ARCHIVE_BYTES).catch((error: unknown) => {
        if (error instanceof TransferFault && error.kind === "lie") throw tooLarge(asset?.name ?? tag);
        throw error;
      });
    });
  }

  async listReleases(repository: string, token: string | null): Promise<ListedRelease[]> {
    requireRepository(repository);
    const path = `repos/${repository}/releases?per_page=${RELEASES}`;
    const releases = await this.#document(path, GithubReleases, token);
    if (releases === null) throw noRepository(repository, token);
    return releases
      .filter(({ draft }) => !draft)
      .flatMap(({ tag_name: tag, published_at: published, prerelease: isPrerelease }) => {
        const version = versionOfTag(tag);
        const publishedAt = new Date(published ?? 0);
        if (version === null || Number.isNaN(publishedAt.getTime())) return [];
        return [{ tag, version, publishedAt, isPrerelease }];
      })
      .sort((a, b) => compareVersions(b.version, a.version));
  }

  async readFile(
    repository: string,
    tag: string,
    path: string,
    token: string | null,
  ): Promise<Buffer | null> {
    requireRepository(repository);
    const address = `repos/${repository}/contents/${path}?ref=${encodeURIComponent(`refs/tags/${tag}`)}`;
    return await this.#guarded(async () => {
      const answer = await this.#get(address, RAW_TYPE, token);
      if (answer.status === 200) return await readAll(answer, MAX_MANIFEST_BYTES);
      const fault = await this.#fault(answer, token);
      if (fault === null) return null;
      throw fault;
    });
  }

  #releaseOf(repository: string, { tag_name: tag, assets }: GithubRelease): CodeRelease {
    const asset = packageAmong(assets, tag);
    if (asset === null) return { repository, tag, asset: null };
    const { id, name, size } = asset;
    return {
      repository,
      tag,
      asset: { name, sizeBytes: size, address: `repos/${repository}/releases/assets/${id}` },
    };
  }

  /** null: GitHub says that there is no such thing, or that it is not for the holder of this token. */
  async #document<S extends TSchema>(
    path: string,
    schema: S,
    token: string | null,
  ): Promise<Static<S> | null> {
    return await this.#guarded(async () => {
      const answer = await this.#get(path, JSON_TYPE, token);
      if (answer.status !== 200) {
        const fault = await this.#fault(answer, token);
        if (fault !== null) throw fault;
        return null;
      }
      const value = parse(await readAll(answer, MAX_GITHUB_ANSWER_BYTES));
      const [wrong] = schemaErrors(schema, value);
      if (wrong === undefined) return value as Static<S>;
      throw this.#unavailable(
        `answers in a form that is not known here (${wrong.pointer}: ${wrong.message})`,
      );
    });
  }

  /** What an answer other than 200 means; null for "not found". */
  async #fault(answer: Transfer, token: string | null): Promise<PatchbayError | null> {
    const { status, headers } = answer;
    const message = wordsOf(await readAll(answer, MAX_FAULT_BYTES));
    if (status === 404 || status === 410 || status === 451) return null;
    const resetsAt = resetOf(status, headers, message);
    if (resetsAt !== null) {
      const advice = token === null ? " With a token it takes more." : "";
      const fault = new PatchbayError(
        "github_rate_limited",
        `GitHub takes no more requests until ${resetsAt.toISOString()}.${advice}`,
        { facts: { resetsAt: resetsAt.toISOString() } },
      );
      this.#limited.set(token, fault);
      return fault;
    }
    if (status === 401 || status === 403)
      return new PatchbayError(
        "github_refused",
        `GitHub refuses with status ${status}: ${message || "no reason given"}`,
      );
    return this.#unavailable(`answers with status ${status}`);
  }

  async #get(
    path: string,
    accept: string,
    token: string | null,
    {
      deadlineMs = this.#patience.documentMs,
      elsewhere = false,
      signal,
    }: { deadlineMs?: number; elsewhere?: boolean; signal?: AbortSignal | undefined } = {},
  ): Promise<Transfer> {
    this.#requireUnlimited(token);
    return await transfer(this.#client, `${this.#api}/${path}`, {
      headers: { accept, "user-agent": "Patchbay", "x-github-api-version": API_VERSION },
      authorization: token === null ? null : `Bearer ${token}`,
      patience: this.#patience,
      elsewhere,
      deadlineMs,
      ...(signal && { signal }),
    });
  }

  /** GitHub bans for longer who goes on asking. Throws `github_rate_limited` until the time that it has named. */
  #requireUnlimited(token: string | null): void {
    const fault = this.#limited.get(token);
    if (fault === undefined) return;
    if (Date.parse(String(fault.facts?.resetsAt)) > Date.now()) throw fault;
    this.#limited.delete(token);
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TransferFault) throw this.#unavailable(error.message, error);
      throw error;
    }
  }

  #unavailable(reason: string, cause?: unknown): PatchbayError {
    const host = URL.parse(this.#api)?.host ?? this.#api;
    return new PatchbayError("github_unavailable", `GitHub (${host}) ${reason}.`, {
      ...(cause !== undefined && { cause }),
    });
  }
}

/** The file that is a package: the only zip, or the one whose name says so. */
export const packageAmong = (assets: readonly GithubAsset[], tag: string): GithubAsset | null => {
  const zips = assets.filter(
    ({ name, state }) => state === "uploaded" && name.toLowerCase().endsWith(".zip"),
  );
  const version = versionOfTag(tag);
  const telling = zips.filter(({ name }) => name.toLowerCase().endsWith(".patchbay.zip"));
  const named = zips.filter(({ name }) => version !== null && name.endsWith(`-${version}.zip`));
  for (const candidates of [telling, named, zips]) {
    const [only] = candidates;
    if (only !== undefined && candidates.length === 1) return only;
  }
  if (zips.length === 0) return null;
  throw new PatchbayError(
    "release_not_found",
    `The release ${tag} has several zip files (${zips.map(({ name }) => name).join(", ")}); none of them says that it is the plugin. Name it *.patchbay.zip.`,
  );
};

const requireRepository = (repository: string): void => {
  if (REPOSITORY.test(repository)) return;
  throw new PatchbayError("invalid_request", `"${repository}" is not the name of a repository, owner/name.`, {
    errors: [{ pointer: "/repository", message: "Write it as owner/name." }],
  });
};

const noRepository = (repository: string, token: string | null): PatchbayError =>
  new PatchbayError(
    "repository_not_found",
    token === null
      ? `GitHub has no public repository ${repository}. A private one needs a token.`
      : `GitHub has no repository ${repository} that the token reaches.`,
  );

const tooLarge = (what: string): PatchbayError =>
  new PatchbayError("package_too_large", `${what} is larger than ${MAX_ARCHIVE_BYTES / 1024 / 1024} MiB.`);

/** A refusal that ends by itself: the primary limit says when, the secondary how long or nothing. */
const resetOf = (status: number, headers: Headers, message: string): Date | null => {
  if (status !== 403 && status !== 429) return null;
  const wait = Number(headers.get("retry-after") ?? Number.NaN);
  if (Number.isFinite(wait)) return new Date(Date.now() + wait * 1_000);
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  if (headers.get("x-ratelimit-remaining") === "0" && Number.isFinite(reset)) return new Date(reset * 1_000);
  if (status === 429 || /rate limit/i.test(message)) return new Date(Date.now() + 60_000);
  return null;
};

const parse = (bytes: Buffer): unknown => {
  const parsed = parseJson(bytes);
  if (parsed.ok) return parsed.value;
  throw new TransferFault("unavailable", `answers with what is no JSON: it ${parsed.error}`);
};

/** GitHub's own sentence about a refusal. */
const wordsOf = (bytes: Buffer): string => {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return schemaErrors(GithubFault, value).length === 0 ? (value as Static<typeof GithubFault>).message : "";
  } catch (error) {
    if (error instanceof SyntaxError) return "";
    throw error;
  }
};
