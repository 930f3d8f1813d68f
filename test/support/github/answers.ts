import { createHash } from "node:crypto";
import written from "./answers.json" with { type: "json" };
import { headerOf, headersLike, type Recording, recording, retold } from "./recordings.ts";

/** An answer of the test's GitHub: a recorded one, told about a repository of ours. */
export interface Answer {
  readonly status: number;
  readonly headers: string[];
  readonly body: string | Buffer;
}

export interface PublishedAsset {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Release {
  readonly id: number;
  readonly tag: string;
  readonly isPrerelease: boolean;
  readonly assets: readonly (PublishedAsset & { readonly id: number })[];
}

const RELEASE = recording("release-assets", "get", /\/releases\/tags\/v1\.0\.0$/);
const ASSETS = recording("release-assets", "get", /\/releases\/\d+\/assets$/);
const ASSET = recording("release-assets", "get", /\/releases\/assets\/\d+$/);
const REPOSITORY = recording("get-repository", "get", /\/hello-world$/);
/** A single reference was recorded only where it is changed; that is answered with the same document. */
const REFERENCE = recording("git-refs", "patch", /\/git\/refs\/heads\/test$/);
const FILE = recording("get-content", "get", /\/contents\/README\.md$/);
/** Of an archive of the main branch; a download of an asset is answered in the same form. */
const REDIRECT = recording("get-archive", "get", /\/tarball\/main$/);
const DOWNLOAD = recording("get-archive", "get", /\/legacy\.tar\.gz\//);
const MISSING = recording("branch-protection", "get", /\/protection$/);

export const repositoryAnswer = (repository: string): Answer =>
  like(REPOSITORY, retold(REPOSITORY, textOf(REPOSITORY), repository));

export const releaseAnswer = (repository: string, release: Release): Answer =>
  like(RELEASE, JSON.stringify(releaseOf(repository, release)));

/** No listing was recorded: the headers are those of a list of assets. */
export const releasesAnswer = (repository: string, releases: readonly Release[]): Answer =>
  like(ASSETS, JSON.stringify(releases.map((release) => releaseOf(repository, release))));

export const assetAnswer = (repository: string, { tag }: Release, asset: Release["assets"][number]): Answer =>
  like(ASSET, JSON.stringify(assetOf(ASSET, JSON.parse(textOf(ASSET)), { repository, tag, asset })));

export const referenceAnswer = (repository: string, tag: string, sha: string): Answer => {
  const recorded = JSON.parse(textOf(REFERENCE));
  const words = { [recorded.ref]: `refs/tags/${tag}`, [recorded.object.sha]: sha };
  return like(REFERENCE, retold(REFERENCE, textOf(REFERENCE), repository, words));
};

export const fileAnswer = (text: string): Answer => like(FILE, text);

/** To the archive of a tag. */
export const archiveRedirect = (repository: string, tag: string, filesUrl: string): Answer => {
  const location = retold(REDIRECT, headerOf(REDIRECT.rawHeaders, "location") ?? "", repository, {
    [DOWNLOAD.origin]: filesUrl,
    "legacy.tar.gz": "legacy.zip",
    "refs/heads/main": `refs/tags/${tag}`,
  });
  return like(REDIRECT, "", { location });
};

export const assetRedirect = (location: string): Answer => like(REDIRECT, "", { location });

/** Bytes from the machine of downloads. The recorded ones are a gzipped tar. */
export const downloadAnswer = (name: string, bytes: Buffer): Answer =>
  like(DOWNLOAD, bytes, {
    "content-type": "application/zip",
    "content-disposition": `attachment; filename=${name}`,
  });

/** A refusal: its own headers and words are written, the other headers are those of a recorded one. */
export const faultAnswer = (
  fault: keyof typeof written.faults,
  more: Readonly<Record<string, string>> = {},
): Answer => {
  const { status, headers, body } = written.faults[fault];
  return { status, headers: headersLike(MISSING, { ...headers, ...more }), body: JSON.stringify(body) };
};

const like = (
  recorded: Recording,
  body: string | Buffer,
  changes: Readonly<Record<string, string>> = {},
): Answer => ({ status: recorded.status, headers: headersLike(recorded, changes), body });

const textOf = ({ body }: Recording): string => body.toString("utf8");

const releaseOf = (repository: string, { id, tag, isPrerelease, assets }: Release) => {
  const recorded = JSON.parse(textOf(RELEASE));
  const words = { [recorded.id]: String(id), [recorded.tag_name]: tag };
  const [anAsset] = JSON.parse(textOf(ASSETS));
  return {
    ...JSON.parse(retold(RELEASE, textOf(RELEASE), repository, words)),
    ...written.newFields.release,
    prerelease: isPrerelease,
    assets: assets.map((asset) => assetOf(ASSETS, anAsset, { repository, tag, asset })),
  };
};

const assetOf = (
  from: Recording,
  recorded: Readonly<Record<string, unknown>>,
  { repository, tag, asset }: { repository: string; tag: string; asset: Release["assets"][number] },
) => {
  const words = {
    [String(recorded.id)]: String(asset.id),
    [String(recorded.name)]: asset.name,
    "v1.0.0": tag,
  };
  const digest = createHash("sha256").update(asset.bytes).digest("hex");
  return {
    ...JSON.parse(retold(from, JSON.stringify(recorded), repository, words)),
    content_type: "application/zip",
    size: asset.bytes.length,
    digest: written.newFields.asset.digest.replace("{sha256}", digest),
  };
};
