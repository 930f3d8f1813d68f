import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import {
  type Answer,
  archiveRedirect,
  assetAnswer,
  assetRedirect,
  downloadAnswer,
  faultAnswer,
  fileAnswer,
  type PublishedAsset,
  type Release,
  referenceAnswer,
  releaseAnswer,
  releasesAnswer,
  repositoryAnswer,
} from "./github/answers.ts";

const run = promisify(execFile);

/** Whether Git is installed on this machine. */
export const hasGit = (process.env.PATH ?? "")
  .split(delimiter)
  .some((folder) => existsSync(join(folder, "git")));

/** A repository on the server: a bare one of Git, with releases over some of its tags. */
export interface TestRepository {
  /** Commits the files, tags them, and makes a release of it when there are assets, even if they are none. */
  tag(
    tag: string,
    files: Readonly<Record<string, string>>,
    assets?: readonly PublishedAsset[],
    marks?: { readonly isPrerelease: boolean },
  ): Promise<void>;
}

/** What answers as GitHub does: its API, and beside it at another origin where files are downloaded from. */
export interface GithubServer {
  /** For PATCHBAY_GITHUB_API_URL. */
  readonly url: string;
  /** With a token it is private. */
  repository(name: string, token?: string): Promise<TestRepository>;
  /** Refuse all requests to the API from now on; null: answer again. */
  refuse(how: "rate limit" | "secondary limit" | "broken" | null): void;
  /** How often the API was asked. */
  readonly requests: number;
  /** The `authorization` of each request to the place of downloads. */
  readonly downloads: readonly (string | undefined)[];
  stop(): Promise<void>;
}

interface Repository {
  readonly name: string;
  readonly token: string | undefined;
  readonly path: string;
  readonly releases: Release[];
}

export const startGithub = async (): Promise<GithubServer> => {
  const folder = await mkdtemp(join(tmpdir(), "patchbay-github-"));
  const repositories = new Map<string, Repository>();
  const downloads: (string | undefined)[] = [];
  let refusal: "rate limit" | "secondary limit" | "broken" | null = null;
  let lastId = 1_000;
  let requests = 0;
  const files = await listen(async (request, response) => {
    downloads.push(request.headers.authorization);
    await download(request, response, repositories);
  });
  const api = await listen(async (request, response) => {
    requests += 1;
    if (refusal !== null) refuse(response, refusal);
    else await answer(request, response, repositories, files.url);
  });
  return {
    url: `${api.url}/api/v3`,
    downloads,
    get requests() {
      return requests;
    },
    refuse: (how) => {
      refusal = how;
    },
    repository: async (name, token) => {
      const path = join(folder, `${name}.git`);
      await git(folder, "init", "--quiet", "--bare", "--initial-branch=main", path);
      const repository: Repository = { name, token, path, releases: [] };
      repositories.set(name, repository);
      return {
        tag: async (tag, content, assets, { isPrerelease } = { isPrerelease: false }) => {
          await commit(folder, path, tag, content);
          if (assets === undefined) return;
          const withIds = assets.map((asset) => ({ ...asset, id: ++lastId }));
          repository.releases.unshift({ id: ++lastId, tag, assets: withIds, isPrerelease });
        },
      };
    },
    stop: async () => {
      await Promise.all([api.close(), files.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const listen = async (handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) => {
  const listener: RequestListener = (request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const git = async (cwd: string, ...args: string[]): Promise<string> => {
  const identity = ["-c", "user.name=Robin", "-c", "user.email=robin@example.org"];
  return (await run("git", [...identity, ...args], { cwd })).stdout.trim();
};

const commit = async (
  folder: string,
  bare: string,
  tag: string,
  content: Readonly<Record<string, string>>,
): Promise<void> => {
  const work = await mkdtemp(join(folder, "work-"));
  await git(folder, "clone", "--quiet", bare, work);
  for (const [path, text] of Object.entries(content)) {
    await mkdir(dirname(join(work, path)), { recursive: true });
    await writeFile(join(work, path), text);
  }
  await git(work, "add", "--all");
  await git(work, "commit", "--quiet", "--allow-empty", "--message", tag);
  await git(work, "tag", tag);
  await git(work, "push", "--quiet", "--tags", "origin", "HEAD:main");
};

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  repositories: ReadonlyMap<string, Repository>,
  filesUrl: string,
): Promise<void> => {
  const url = new URL(request.url ?? "", "http://api");
  const [, owner, name, rest = ""] =
    /^\/api\/v3\/repos\/([^/]+)\/([^/]+)(?:\/(.*))?$/.exec(url.pathname) ?? [];
  const token = request.headers.authorization;
  if (token === "Bearer wrong") return send(response, faultAnswer("badCredentials"));
  const repository = repositories.get(`${owner}/${name}`);
  const isSeen =
    repository !== undefined && (repository.token === undefined || token === `Bearer ${repository.token}`);
  const found = isSeen
    ? await resource(repository, decodeURIComponent(rest), { url, request, filesUrl })
    : null;
  send(response, found ?? faultAnswer("notFound"));
};

const resource = async (
  repository: Repository,
  path: string,
  { url, request, filesUrl }: { url: URL; request: IncomingMessage; filesUrl: string },
): Promise<Answer | null> => {
  const [, kind = "", key = ""] =
    /^(releases\/tags|releases\/assets|git\/ref\/tags|zipball\/refs\/tags|contents|releases)?\/?(.*)$/.exec(
      path,
    ) ?? [];
  const { name, releases } = repository;
  switch (kind) {
    case "":
      return repositoryAnswer(name);
    case "releases/tags": {
      const release = releases.find(({ tag }) => tag === key);
      return release === undefined ? null : releaseAnswer(name, release);
    }
    case "releases":
      return releasesAnswer(name, releases);
    case "git/ref/tags": {
      const sha = await shaOf(repository, key);
      return sha === null ? null : referenceAnswer(name, key, sha);
    }
    case "zipball/refs/tags":
      return (await shaOf(repository, key)) === null ? null : archiveRedirect(name, key, filesUrl);
    case "releases/assets":
      // Without this type GitHub describes the asset instead.
      return request.headers.accept === "application/octet-stream"
        ? assetRedirect(`${filesUrl}/assets/${name}/${key}?signature=short-lived`)
        : described(repository, key);
    case "contents": {
      const ref = url.searchParams.get("ref") ?? "main";
      const text = await git(repository.path, "show", `${ref}:${key}`).catch(() => null);
      return text === null ? null : fileAnswer(text);
    }
    default:
      return null;
  }
};

const described = ({ name, releases }: Repository, id: string): Answer | null => {
  for (const release of releases) {
    const asset = release.assets.find((one) => String(one.id) === id);
    if (asset !== undefined) return assetAnswer(name, release, asset);
  }
  return null;
};

const shaOf = async ({ path }: Repository, tag: string): Promise<string | null> =>
  await git(path, "rev-parse", "--verify", "--quiet", `refs/tags/${tag}^{commit}`).catch(() => null);

const download = async (
  request: IncomingMessage,
  response: ServerResponse,
  repositories: ReadonlyMap<string, Repository>,
): Promise<void> => {
  const { pathname } = new URL(request.url ?? "", "http://files");
  const [, ofArchive, tag] = /^\/([^/]+\/[^/]+)\/legacy\.zip\/refs\/tags\/(.+)$/.exec(pathname) ?? [];
  const [, ofAsset, id] = /^\/assets\/([^/]+\/[^/]+)\/(\d+)$/.exec(pathname) ?? [];
  const repository = repositories.get(ofArchive ?? ofAsset ?? "");
  if (repository === undefined) return void response.writeHead(404).end("404: Not Found");
  const assets = repository.releases.flatMap((release) => release.assets);
  const bytes =
    tag === undefined
      ? assets.find((asset) => String(asset.id) === id)?.bytes
      : await archive(repository, decodeURIComponent(tag));
  if (bytes === undefined) return void response.writeHead(404).end("404: Not Found");
  send(response, downloadAnswer("package.zip", bytes));
};

/** As GitHub makes it: one folder named after the repository and the commit. */
const archive = async (repository: Repository, tag: string): Promise<Buffer> => {
  const sha = (await shaOf(repository, tag)) ?? "";
  const prefix = `${repository.name.replace("/", "-")}-${sha.slice(0, 7)}/`;
  const args = ["archive", "--format=zip", `--prefix=${prefix}`, tag];
  const options = { cwd: repository.path, encoding: "buffer", maxBuffer: 64 * 1024 * 1024 } as const;
  return (await run("git", args, options)).stdout;
};

const refuse = (response: ServerResponse, how: "rate limit" | "secondary limit" | "broken"): unknown => {
  switch (how) {
    case "rate limit":
      return send(response, faultAnswer("rateLimited"));
    case "secondary limit":
      return send(response, faultAnswer("secondaryLimit"));
    default:
      return response.writeHead(502, { "content-type": "text/html" }).end("<html>Unicorn!</html>");
  }
};

const send = (response: ServerResponse, { status, headers, body }: Answer): void => {
  response.writeHead(status, headers).end(body);
};
