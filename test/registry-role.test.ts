import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { listen } from "./support/openid-provider.ts";
import { makePackage } from "./support/packages.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const CLI = join(import.meta.dirname, "../apps/cli/bin/patchbay.mjs");
const BASE = "/registry/v1";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let work: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let anyone: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  work = await temporaryFolder();
  server = await startServer({ dataDir: folder.path, environment: { PATCHBAY_ROLE: "registry" } });
  anyone = new Api(server.url, null);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
  await work?.remove();
});

/** Runs the command and reads what it prints as JSON. */
const patchbay = async (...parameters: string[]) => {
  const environment = { PATH: process.env.PATH, HOME: work.path, PATCHBAY_URL: server.url };
  const options = { env: { ...environment, PATCHBAY_API_KEY: BOOTSTRAP_KEY } };
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...parameters, "--json"], options);
  return JSON.parse(stdout);
};

const packageFile = async (id: string, version: string): Promise<string> => {
  const path = join(work.path, `${id}-${version}.zip`);
  const files = { "README.md": `# ${version}` };
  await writeFile(path, await makePackage({ id, version, code: "export default { tools: {} };", files }));
  return path;
};

it("is all that a server is that has this role", async () => {
  const { paths } = (await anyone.get("/openapi.json")).body;
  expect(Object.keys(paths).filter((path) => path.startsWith("/api/orgs"))).toEqual([]);
  expect(Object.keys(paths)).toContain(`${BASE}/search`);
  expect((await anyone.get("/readyz")).status).toBe(200);
  expect((await new Api(server.url).get("/api/me")).status).toBe(200);
});

it("says on the command line that it runs no plugins", async () => {
  await expect(patchbay("plugin", "list")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/not_found.*is a registry alone.*PATCHBAY_URL/),
  });
  await expect(patchbay("registry", "publisher", "tokens", "nobody")).rejects.toMatchObject({
    stderr: expect.stringContaining("publisher_not_found"),
  });
});

it("is filled and kept on the command line", async () => {
  expect(await patchbay("registry", "publisher", "create", "acme", "--name", "Acme")).toMatchObject({
    publisher: "acme",
    proofs: [{ kind: "operator" }],
  });
  const { token } = await patchbay("registry", "publisher", "token", "acme");
  for (const version of ["1.0.0", "1.1.0"])
    expect(
      await patchbay("plugin", "publish", await packageFile("acme.maps", version), "--token", token),
    ).toMatchObject({ plugin: "acme.maps", version, state: "passed" });
  await patchbay("registry", "yank", "acme.maps@1.1.0", "--reason", "Crashes.", "--token", token);
  await patchbay("registry", "block", "acme.other", "--reason", "Steals.");
  const advisory = join(work.path, "advisory.json");
  const affected = [{ package: { ecosystem: "Patchbay", name: "acme.maps" }, versions: ["1.0.0"] }];
  await writeFile(advisory, JSON.stringify({ id: "PB-1", modified: "2026-01-01T00:00:00Z", affected }));
  expect(await patchbay("registry", "advisory", "publish", advisory, "--token", token)).toMatchObject({
    id: "PB-1",
  });
  expect((await anyone.get(`${BASE}/packages/acme.maps`)).body).toMatchObject({ latest: "1.0.0" });
});

it("learns with which keys a publisher signs, and which count no more", async () => {
  await patchbay("registry", "publisher", "create", "signer", "--name", "Signer");
  const [first, second, third] = ["first.pem", "second.pem", "third.pem"].map((name) =>
    join(work.path, name),
  ) as [string, string, string];
  for (const output of [first, second, third]) await patchbay("plugin", "keygen", "--output", output);
  const addKey = (...more: string[]) => patchbay("registry", "publisher", "add-key", "signer", ...more);
  const { keyId } = await addKey(`${first}.pub`);
  await expect(addKey(`${second}.pub`)).rejects.toMatchObject({
    stderr: expect.stringMatching(new RegExp(`publisher_key_changed.*--endorsed-by FILE.*${keyId}`)),
  });
  await expect(addKey(`${second}.pub`, "--endorsed-by", third)).rejects.toMatchObject({
    stderr: expect.stringMatching(new RegExp(`none that may vouch for signer.*${keyId}`)),
  });
  expect(await addKey(`${first}.pub`)).toMatchObject({ keyId });
  await addKey(`${second}.pub`, "--endorsed-by", first);
  await patchbay("registry", "publisher", "revoke-key", "signer", keyId, "--reason", "superseded");
  await expect(addKey(`${first}.pub`, "--endorsed-by", second)).rejects.toMatchObject({
    stderr: expect.stringContaining("was revoked (superseded)"),
  });
  const { keys } = (await anyone.get(`${BASE}/publishers/signer`)).body;
  expect(keys).toMatchObject([{ keyId, revoked: { reason: "superseded" } }, { endorsement: { keyId } }]);
});

it("is copied to plain files, of which only what is new is fetched again, and those can be copied too", async () => {
  const output = join(work.path, "mirror");
  expect(await patchbay("registry", "mirror", "--output", output)).toMatchObject({
    packages: 1,
    versions: 2,
    fetched: 2,
  });
  const { token } = await patchbay("registry", "publisher", "token", "acme");
  await patchbay("plugin", "publish", await packageFile("acme.maps", "1.2.0"), "--token", token);
  const artifact = "registry/v1/packages/acme.maps/versions/1.0.0/artifact";
  await writeFile(join(output, artifact), "damaged");
  expect(await patchbay("registry", "mirror", "--output", output)).toMatchObject({ versions: 3, fetched: 2 });
  const at = (path: string) => readFile(join(output, "registry/v1", path), "utf8");
  expect(JSON.parse(await at("registry.json"))).toMatchObject({ protocol: 1, search: "index" });
  expect(JSON.parse(await at("index.json")).items).toMatchObject([{ plugin: "acme.maps", latest: "1.2.0" }]);
  expect(JSON.parse(await at("packages/acme.maps.json")).versions).toHaveLength(3);
  expect(await at("packages/acme.maps/versions/1.2.0/readme")).toBe("# 1.2.0");
  expect(JSON.parse(await at("publishers/acme.json"))).toMatchObject({ packages: ["acme.maps"] });
  expect(JSON.parse(await at("advisories.json")).items).toMatchObject([{ id: "PB-1" }]);
  expect(JSON.parse(await at("blocklist.json")).items).toMatchObject([{ plugin: "acme.other" }]);

  const files = await listen(async ({ url = "" }, response) => {
    const content = await readFile(join(output, url)).catch(() => null);
    if (content === null) response.writeHead(404).end();
    else response.end(content);
  });
  const copy = join(work.path, "copy");
  try {
    expect(await patchbay("registry", "mirror", "--output", copy, "--from", files.url)).toMatchObject({
      fetched: 3,
    });
  } finally {
    await files.close();
  }
  expect(await readFile(join(copy, artifact))).toEqual(await readFile(join(output, artifact)));
});

it("refuses to copy a registry whose bytes are not those of its digests", async () => {
  const { body: listing } = await anyone.get(`${BASE}/packages/acme.maps`);
  const { versions: _versions, createdAt: _created, ...summary } = listing;
  const lying = await listen(({ url = "" }, response) => {
    if (url.endsWith("/registry.json")) response.end('{"protocol":1,"name":"x","search":"index"}');
    else if (url.endsWith("/index.json")) response.end(JSON.stringify({ items: [summary] }));
    else if (url.endsWith("/acme.maps.json")) response.end(JSON.stringify(listing));
    else response.end("something else");
  });
  const output = join(work.path, "lied");
  try {
    await expect(
      patchbay("registry", "mirror", "--output", output, "--from", lying.url),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining("artifact_corrupt"),
    });
  } finally {
    await lying.close();
  }
  await expect(readFile(join(output, "registry/v1/index.json"))).rejects.toMatchObject({ code: "ENOENT" });
});
