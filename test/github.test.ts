import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { PatchbayClient } from "@patchbay/api-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { runCli } from "./support/cli.ts";
import { type GithubServer, hasGit, startGithub, type TestRepository } from "./support/github-server.ts";
import { makePackage } from "./support/packages.ts";
import { signedUp } from "./support/people.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const why = hasGit ? "" : " (skipped: git not installed)";
const TOKEN = "github_pat_11AAAAAAA0_secret";
const base = "/api/orgs/default";

let github: GithubServer;
let weather: TestRepository;
let secret: TestRepository;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let owner: Api;
let client: PatchbayClient;

const code = (answer: string) =>
  `export default { tools: { say: { description: "The tool say.", run: () => "${answer}" } } };`;
const manifestOf = (id: string, version: string) => ({
  id,
  version,
  name: id,
  description: "From a repository.",
  author: { name: "Tests" },
  category: "utility",
  engines: { patchbay: "^1.0.0" },
  main: "plugin.js",
  contributes: { tools: [{ name: "say", description: "The tool say." }] },
});
/** A repository that is itself a package. */
const treeOf = (id: string, version: string) => ({
  "plugin.json": JSON.stringify(manifestOf(id, version)),
  "plugin.js": code(`${id} ${version} from the tree`),
  "src/more.txt": "not used",
  "README.md": `# ${id} ${version}\n`,
});
const packed = async (id: string, version: string) =>
  Buffer.from(await makePackage({ id, version, tools: ["say"], code: code(`${id} ${version} packed`) }));
const imported = (body: Record<string, unknown>) =>
  owner.post(`${base}/imports`, { source: "github", ...body });
const refusedBecause = async (body: Record<string, unknown>) => {
  const { status, body: problem } = await imported(body);
  return [status, problem.code];
};

beforeAll(async () => {
  if (!hasGit) return;
  github = await startGithub();
  weather = await github.repository("acme-weather-lab/weather.plugin");
  await weather.tag("v1.0.0", treeOf("acme.weather", "1.0.0"));
  await weather.tag("1.1.0", treeOf("acme.weather", "1.1.0"), [
    { name: "checksums.txt", bytes: Buffer.from("none") },
    { name: "acme.weather-1.1.0.zip", bytes: await packed("acme.weather", "1.1.0") },
    { name: "sources.zip", bytes: Buffer.from("no package") },
  ]);
  await weather.tag("v1.2.0", treeOf("acme.weather", "1.9.9"), []);
  secret = await github.repository("acme-weather-lab/secret", TOKEN);
  await secret.tag("v2.0.0", treeOf("acme.secret", "2.0.0"), [
    { name: "plugin.zip", bytes: await packed("acme.secret", "2.0.0") },
  ]);
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: {
      PATCHBAY_GITHUB_API_URL: github.url,
      PATCHBAY_MARKETPLACE_URL: "off",
      PATCHBAY_LOG_LEVEL: "debug",
    },
  });
  owner = new Api(server.url);
  client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
});
afterAll(async () => {
  await server?.stop();
  await github?.stop();
  await folder?.remove();
});

describe.skipIf(!hasGit)(`a plugin on GitHub${why}`, () => {
  it("is the tagged tree where there is no release", async () => {
    const answer = await imported({ repository: "acme-weather-lab/weather.plugin", version: "1.0.0" });
    expect([answer.status, answer.body.source, answer.body.badge]).toEqual([201, "github", "private"]);
    expect(answer.headers.get("location")).toBe(`${base}/catalog/acme.weather/versions/1.0.0`);
    await client.plugins.install({ plugin: "acme.weather", version: "1.0.0", grants: [] });
    await client.plugins.step("acme.weather", "enable");
    expect(await client.tools.call("acme.weather", "say", { input: {} })).toBe(
      "acme.weather 1.0.0 from the tree",
    );
    expect((await owner.get(`${base}/catalog/acme.weather/versions/1.0.0/readme`)).body).toBe(
      "# acme.weather 1.0.0\n",
    );
    const again = await imported({ repository: "acme-weather-lab/weather.plugin", version: "1.0.0" });
    expect(again.status).toBe(200);
  });

  it("shows that there is a newer release, and what it asks for", async () => {
    expect(await client.marketplace.checkUpdates()).toEqual({ checked: ["acme.weather"], failed: [] });
    // The tag 1.2.0 holds another version than it says, which shows only once it is fetched.
    expect((await client.plugins.get("acme.weather")).update).toEqual({ version: "1.2.0", missing: [] });
    const refused = await owner.post(`${base}/plugins/acme.weather/update`, {});
    expect([refused.status, refused.body.code]).toEqual([422, "version_mismatch"]);
    expect((await client.plugins.get("acme.weather")).version).toBe("1.0.0");
  });

  it("is the file of the release that is a package", async () => {
    await client.plugins.update("acme.weather", { version: "1.1.0" });
    expect(await client.tools.call("acme.weather", "say", { input: {} })).toBe("acme.weather 1.1.0 packed");
  });

  it("that is private needs a token, which nobody else is shown", async () => {
    const wanted = { repository: "acme-weather-lab/secret", version: "2.0.0" };
    expect(await refusedBecause(wanted)).toEqual([404, "repository_not_found"]);
    expect(await refusedBecause({ ...wanted, token: "wrong" })).toEqual([422, "github_refused"]);
    const before = github.downloads.length;
    expect((await imported({ ...wanted, token: TOKEN })).status).toBe(201);
    expect(github.downloads.slice(before)).toEqual([undefined]);
    expect(await refusedBecause(wanted)).toEqual([404, "repository_not_found"]);
  });

  it("is reached by a token that the organization keeps, and that cannot be read again", async () => {
    await client.marketplace.putGithubToken(TOKEN);
    expect((await client.marketplace.sources()).github).toEqual({ hasToken: true });
    const wanted = { repository: "acme-weather-lab/secret", version: "2.0.0" };
    expect((await imported(wanted)).status).toBe(200);
    await client.plugins.install({ plugin: "acme.secret", grants: [] });
    await secret.tag("v2.1.0", treeOf("acme.secret", "2.1.0"), []);
    await client.marketplace.checkUpdates();
    expect((await client.plugins.get("acme.secret")).update?.version).toBe("2.1.0");
    await client.plugins.update("acme.secret", {});
    const shown = JSON.stringify([
      (await owner.get(`${base}/sources`)).body,
      (await owner.get(`${base}/audit`)).body,
    ]);
    expect(shown).not.toContain(TOKEN);
    expect(server.output()).not.toContain(TOKEN);
    const member = await signedUp(server.url, "tim@example.org", { organization: "default", role: "member" });
    const answer = await fetch(`${server.url}${base}/sources/github`, {
      method: "PUT",
      headers: { ...member.headers, "content-type": "application/json" },
      body: JSON.stringify({ token: "x" }),
    });
    expect(answer.status).toBe(403);
    await client.marketplace.removeGithubToken();
    expect((await owner.delete(`${base}/sources/github`)).status).toBe(404);
  });

  it("is refused with what is wrong", async () => {
    const repository = "acme-weather-lab/weather.plugin";
    expect(await refusedBecause({ repository, version: "7.0.0" })).toEqual([404, "release_not_found"]);
    expect(await refusedBecause({ repository: "acme-weather-lab/none", version: "1.0.0" })).toEqual([
      404,
      "repository_not_found",
    ]);
    expect(await refusedBecause({ repository, version: "1.2.0" })).toEqual([422, "version_mismatch"]);
    for (const strange of ["weather", "a/b/c", "../x", "acme/..", "a b/c", "acme/x?y"])
      expect(await refusedBecause({ repository: strange, version: "1.0.0" })).toEqual([
        400,
        "invalid_request",
      ]);
    expect(await refusedBecause({ repository, version: "latest" })).toEqual([400, "invalid_request"]);
    expect(await readdir(join(folder.path, "uploads"))).toEqual([]);
  });

  it("is installed from the command line, by the rules of the organization", async () => {
    const environment = { PATCHBAY_URL: server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY };
    const alerts = await github.repository("acme-weather-lab/alerts");
    await alerts.tag("v0.1.0", treeOf("acme.alerts", "0.1.0"));
    const install = () =>
      runCli(["plugin", "install", "acme-weather-lab/alerts@v0.1.0", "--enable", "--json"], { environment });
    await owner.put(`${base}/policy`, { sources: ["upload"] });
    const refused = await install();
    expect([refused.code, refused.stderr + refused.stdout]).toEqual([1, expect.stringContaining("github")]);
    expect((await owner.get(`${base}/catalog/acme.alerts`)).status).toBe(404);
    await owner.put(`${base}/policy`, {});
    const installed = await install();
    expect(JSON.parse(installed.stdout), installed.stderr).toMatchObject({
      version: "0.1.0",
      state: "enabled",
    });
  });

  it("is not offered in a release that its author keeps from ordinary users, but is had by its version", async () => {
    await weather.tag("v3.0.0", treeOf("acme.weather", "3.0.0"), [], { isPrerelease: true });
    await client.marketplace.checkUpdates();
    expect((await client.plugins.get("acme.weather")).update?.version).not.toBe("3.0.0");
    await client.plugins.update("acme.weather", { version: "3.0.0" });
    expect(await client.tools.call("acme.weather", "say", { input: {} })).toBe(
      "acme.weather 3.0.0 from the tree",
    );
  });

  it("costs one request a look, and none once GitHub has said until when it takes no more", async () => {
    const looked = async () => {
      const before = github.requests;
      const { checked, failed } = await client.marketplace.checkUpdates();
      return { plugins: checked.length + failed.length, requests: github.requests - before };
    };
    await looked();
    const usual = await looked();
    expect(usual.requests).toBe(usual.plugins);
    github.refuse("rate limit");
    await looked();
    expect((await looked()).requests).toBe(0);
  });
});

describe.skipIf(!hasGit)(`GitHub that refuses${why}`, () => {
  let other: TestServer;
  let data: Awaited<ReturnType<typeof temporaryFolder>>;
  const wanted = { source: "github", repository: "acme-weather-lab/weather.plugin", version: "1.1.0" };

  /** A server of its own: what GitHub says holds for everything that is asked with the same token. */
  const refusalOf = async (how: "rate limit" | "secondary limit" | "broken") => {
    data = await temporaryFolder();
    other = await startServer({ dataDir: data.path, environment: { PATCHBAY_GITHUB_API_URL: github.url } });
    github.refuse(how);
    return await new Api(other.url).post(`${base}/imports`, wanted);
  };
  afterEach(async () => {
    github?.refuse(null);
    await other?.stop();
    await data?.remove();
  });

  it("says until when it takes no more requests", async () => {
    const { status, body } = await refusalOf("rate limit");
    expect([status, body.code, body.resetsAt]).toEqual([
      503,
      "github_rate_limited",
      "2096-01-01T00:00:00.000Z",
    ]);
  });

  it("says so where it wants requests one after the other", async () => {
    const { status, body } = await refusalOf("secondary limit");
    expect([status, body.code]).toEqual([503, "github_rate_limited"]);
  });

  it("is named when it is broken", async () => {
    const { status, body } = await refusalOf("broken");
    expect([status, body.code]).toEqual([503, "github_unavailable"]);
  });
});
