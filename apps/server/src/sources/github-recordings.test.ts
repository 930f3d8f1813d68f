import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { HttpClient } from "@patchbay/egress";
import { PatchbayError } from "@patchbay/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { type Answer, faultAnswer } from "../../../../test/support/github/answers.ts";
import { headerOf, type Recording, recording } from "../../../../test/support/github/recordings.ts";
import { GithubCodeHost } from "./github-code-host.ts";

const TOKEN = "github_pat_11AAAAAAA0_secret";
const SAMPLES = "octokit-fixture-org/hello-world";

const release = recording("release-assets", "get", /\/releases\/tags\/v1\.0\.0$/);
const assets = recording("release-assets", "get", /\/releases\/\d+\/assets$/);
const repository = recording("get-repository", "get", /\/hello-world$/);
const readme = recording("get-content", "get", /\/contents\/README\.md$/);
const redirect = recording("get-archive", "get", /\/tarball\/main$/);
const archive = recording("get-archive", "get", /\/legacy\.tar\.gz\//);
const moved = recording("rename-repository", "get", /\/repos\//);
const movedTo = recording("rename-repository", "get", /^\/repositories\/\d+$/);
const reference = recording("git-refs", "patch", /\/git\/refs\/heads\/test$/);
const missing = recording("branch-protection", "get", /\/protection$/);
const invalid = recording("errors", "post", /\/labels$/);

const nameIn = ({ path }: Recording): string => path.split("/").slice(2, 4).join("/");
/** A recording as the answer to a question that nobody was recorded asking. */
const at = (path: string, recorded: Recording): Recording => ({ ...recorded, origin: missing.origin, path });

interface Replayed {
  readonly host: GithubCodeHost;
  /** Where the machine of an origin is found here. */
  readonly placeOf: (origin: string) => string;
  /** Path and credentials of each request, by the machine that was asked. */
  readonly asked: readonly (readonly [machine: string, path: string, authorization: string | undefined])[];
}

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/**
 * Sends recordings byte for byte: at their path, from a machine for each origin, with the recorded status, headers and body. What
 * was not recorded is answered by the recorded 404. The query is not looked at. Machines other than the API have another name.
 */
const replay = async (...recordings: readonly Recording[]): Promise<Replayed> => {
  const places = new Map<string, string>();
  const asked: [string, string, string | undefined][] = [];
  const placeOf = (origin: string): string => places.get(origin) ?? origin;
  for (const origin of new Set([missing.origin, ...recordings.map((one) => one.origin)])) {
    const place = await serve(
      (request) => {
        const [path = ""] = (request.url ?? "").split("?");
        asked.push([origin, path, request.headers.authorization]);
        const found = recordings.find((one) => one.origin === origin && one.path === path) ?? missing;
        return { status: found.status, headers: relocated(found, placeOf), body: found.body };
      },
      origin === missing.origin ? "127.0.0.1" : "localhost",
    );
    places.set(origin, place);
  }
  return { host: new GithubCodeHost(new HttpClient(), placeOf(missing.origin)), placeOf, asked };
};

/** The recorded headers, where a Location names the machine of this test instead of the recorded one. Nothing else is changed. */
const relocated = ({ rawHeaders }: Recording, placeOf: (origin: string) => string): string[] =>
  rawHeaders.map((one, index) => {
    if (rawHeaders[index - 1]?.toLowerCase() !== "location") return one;
    const { origin } = new URL(one);
    return one.replace(origin, placeOf(origin));
  });

const serve = async (
  answer: (request: IncomingMessage) => Answer,
  name: "127.0.0.1" | "localhost" = "127.0.0.1",
): Promise<string> => {
  const server = createServer((request, response) => {
    const { status, headers, body } = answer(request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, name, resolve));
  stops.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://${name}:${(server.address() as AddressInfo).port}`;
};

const refusal = async (work: Promise<unknown>): Promise<PatchbayError> => {
  const error = await work.catch((reason: unknown) => reason);
  if (error instanceof PatchbayError) return error;
  throw new Error(`not refused: ${JSON.stringify(error)}`, { cause: error });
};

const temporaryFile = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "patchbay-recordings-"));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "download");
};

describe("GithubCodeHost over what GitHub was recorded answering", () => {
  it("is sent what was recorded, byte for byte but for the host of a redirect", async () => {
    const recorded = [release, assets, repository, readme, redirect, archive, moved, movedTo, missing];
    const { placeOf } = await replay(...recorded);
    for (const one of recorded) {
      const address = `${placeOf(one.origin)}${one.path}`;
      const answer = await new Promise<IncomingMessage>((resolve) => get(address, resolve));
      const body = Buffer.concat(await answer.toArray());
      expect([answer.statusCode, body.equals(one.body)], one.path).toEqual([one.status, true]);
      const location = answer.headers.location ?? "";
      const expected = headerOf(one.rawHeaders, "location") ?? "";
      expect(location.replace(/^http:\/\/[^/]+\//, "")).toBe(expected.replace(/^https:\/\/[^/]+\//, ""));
      expect(answer.rawHeaders.map((value) => (value === location ? expected : value))).toEqual(
        one.rawHeaders,
      );
    }
  });

  it("finds a release by its tag", async () => {
    const { host, asked } = await replay(release);
    const name = nameIn(release);
    expect(await host.findRelease(name, "1.0.0", TOKEN)).toEqual({
      repository: name,
      tag: "v1.0.0",
      asset: null,
    });
    expect(asked).toEqual([[missing.origin, release.path, `Bearer ${TOKEN}`]]);
  });

  it("takes no text file for a package, and lists a release with its assets", async () => {
    // A release was recorded before it got its asset, and no listing of releases: each is recorded, put together here.
    const full = { ...JSON.parse(release.body.toString()), assets: JSON.parse(assets.body.toString()) };
    const name = nameIn(release);
    const withAssets = {
      ...release,
      rawHeaders: lengthless(release),
      body: Buffer.from(JSON.stringify(full)),
    };
    const listing = {
      ...at(`/repos/${name}/releases`, assets),
      rawHeaders: lengthless(assets),
      body: Buffer.from(JSON.stringify([full])),
    };
    const { host } = await replay(withAssets, listing);
    expect((await host.findRelease(name, "1.0.0", null)).asset).toBeNull();
    expect(await host.listReleases(name, null)).toEqual([
      { tag: "v1.0.0", version: "1.0.0", publishedAt: new Date("2022-07-19T04:40:21Z"), isPrerelease: false },
    ]);
  });

  it("finds a tag where there is no release", async () => {
    const { host } = await replay(at(`/repos/${SAMPLES}/git/ref/tags/1.0.0`, reference));
    expect(await host.findRelease(SAMPLES, "1.0.0", null)).toEqual({
      repository: SAMPLES,
      tag: "1.0.0",
      asset: null,
    });
  });

  it("downloads an archive from the machine that GitHub names, which is not told the token", async () => {
    const { host, asked } = await replay(redirect, archive);
    const path = await temporaryFile();
    // GitHub was recorded giving the archive of a branch, which is never asked for: its address stands in for a tag's.
    const asset = { name: "main", sizeBytes: 0, address: redirect.path.slice(1) };
    await host.download({ repository: nameIn(redirect), tag: "main", asset }, path, TOKEN);
    const bytes = await readFile(path);
    expect(bytes.equals(archive.body)).toBe(true);
    expect(gunzipSync(bytes).toString("latin1")).toContain("README.md");
    expect(asked).toEqual([
      [redirect.origin, redirect.path, `Bearer ${TOKEN}`],
      [archive.origin, archive.path, undefined],
    ]);
  });

  it("downloads the archive of a tag by the same redirect", async () => {
    const name = nameIn(redirect);
    const { host } = await replay(at(`/repos/${name}/zipball/refs/tags/v1.0.0`, redirect), archive);
    const path = await temporaryFile();
    await host.download({ repository: name, tag: "v1.0.0", asset: null }, path, null);
    expect((await readFile(path)).equals(archive.body)).toBe(true);
  });

  it("takes no document from another machine", async () => {
    const name = nameIn(redirect);
    const { host, asked } = await replay(at(`/repos/${name}/releases`, redirect), archive);
    const error = await refusal(host.listReleases(name, TOKEN));
    expect([error.code, error.message]).toEqual([
      "github_unavailable",
      expect.stringContaining("redirected to another server"),
    ]);
    expect(asked).toHaveLength(1);
  });

  it("reads a file, and that there is none", async () => {
    const { host } = await replay(readme);
    expect(String(await host.readFile(SAMPLES, "v1.0.0", "README.md", null))).toBe("# hello-world");
    expect(await host.readFile(SAMPLES, "v1.0.0", "plugin.json", null)).toBeNull();
  });

  it("tells a repository without the release from one that is not there", async () => {
    const { host } = await replay(repository);
    expect((await refusal(host.findRelease(SAMPLES, "1.0.0", null))).code).toBe("release_not_found");
    const error = await refusal(host.findRelease("octokit-fixture-org/none", "1.0.0", null));
    expect(error.code).toBe("repository_not_found");
    expect((await refusal(host.listReleases(SAMPLES, null))).code).toBe("repository_not_found");
    const path = await temporaryFile();
    const gone = host.download({ repository: SAMPLES, tag: "v1.0.0", asset: null }, path, null);
    expect((await refusal(gone)).code).toBe("repository_not_found");
  });

  it("follows a repository that has got another name, with the token", async () => {
    const { host, asked } = await replay(moved, movedTo);
    const error = await refusal(host.findRelease(nameIn(moved), "1.0.0", TOKEN));
    expect(error.code).toBe("release_not_found");
    expect(asked.slice(-2)).toEqual([
      [moved.origin, moved.path, `Bearer ${TOKEN}`],
      [movedTo.origin, movedTo.path, `Bearer ${TOKEN}`],
    ]);
  });

  it("says with which status GitHub answers what nothing is known about", async () => {
    const { host } = await replay(at(`/repos/${SAMPLES}/releases`, invalid));
    const error = await refusal(host.listReleases(SAMPLES, null));
    expect([error.code, error.message]).toEqual([
      "github_unavailable",
      expect.stringContaining("answers with status 422"),
    ]);
  });
});

/** What nobody recorded for everyone to read: written after GitHub's documentation, beside recorded headers. */
describe("GithubCodeHost over refusals as GitHub documents them", () => {
  const refusedBy = async (fault: Parameters<typeof faultAnswer>[0]): Promise<PatchbayError> => {
    const api = await serve(() => faultAnswer(fault));
    return await refusal(new GithubCodeHost(new HttpClient(), api).findRelease(SAMPLES, "1.0.0", TOKEN));
  };

  it("passes on why a token is not taken", async () => {
    const error = await refusedBy("badCredentials");
    expect([error.code, error.message]).toEqual([
      "github_refused",
      expect.stringContaining("401: Bad credentials"),
    ]);
  });

  it("reads when the primary limit ends", async () => {
    const error = await refusedBy("rateLimited");
    expect([error.code, error.facts]).toEqual([
      "github_rate_limited",
      { resetsAt: "2096-01-01T00:00:00.000Z" },
    ]);
  });

  it.each(["secondaryLimit", "secondaryLimitWithoutEnd"] as const)(
    "waits a minute where the answer is %s",
    async (fault) => {
      const before = Date.now();
      const error = await refusedBy(fault);
      expect(error.code).toBe("github_rate_limited");
      const waitMs = Date.parse(String(error.facts?.resetsAt)) - before;
      expect(waitMs).toBeGreaterThanOrEqual(60_000);
    },
  );
});

/** For another body than the recorded one. */
function lengthless({ rawHeaders }: Recording): string[] {
  const index = rawHeaders.indexOf("Content-Length");
  return rawHeaders.toSpliced(index, index === -1 ? 0 : 2);
}
