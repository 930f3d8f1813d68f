import { createHash, createPrivateKey, type KeyObject } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endorseKey, generateKeyPair, signPackage } from "@patchbay/artifact";
import {
  RegistryAdvisoriesDto,
  RegistryBlocklistDto,
  RegistryDto,
  RegistryPackageDto,
  RegistryPublisherDto,
  RegistrySearchDto,
} from "@patchbay/protocol";
import { Check } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage, type PluginSource } from "./support/packages.ts";
import { type Person, signedUp } from "./support/people.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const BASE = "/registry/v1";
const CODE = "export default { tools: {} };";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let admin: Api;
let anyone: Api;
let eve: Person;
/** Calls with the token of the publisher `acme`. */
let acme: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  admin = new Api(server.url);
  anyone = admin.as(null);
  eve = await signedUp(server.url, "eve@example.org", { organization: "eves", role: "owner" });
  acme = await newPublisher("acme");
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** A publisher that is vouched for, and the API with its token. */
const newPublisher = async (publisher: string): Promise<Api> => {
  const made = await admin.post(`${BASE}/publishers`, { publisher, name: `${publisher} Inc.` });
  expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201, body: { publisher } });
  const token = await admin.post(`${BASE}/publishers/${publisher}/tokens`, { name: "ci" });
  expect(token.body.token).toMatch(/^pbp_/);
  return admin.as(token.body.token);
};

const publish = async (as: Api, source: Partial<PluginSource> & { readonly id: string }) =>
  await as.upload(`${BASE}/packages`, await makePackage({ code: CODE, ...source }));

const sign = async (zip: Uint8Array, privateKey: KeyObject): Promise<Uint8Array> => {
  const work = await mkdtemp(join(tmpdir(), "patchbay-sign-"));
  try {
    const [input, output] = [join(work, "in.zip"), join(work, "out.zip")];
    await writeFile(input, zip);
    await signPackage({ input, output, privateKey, signedAt: new Date() });
    return await readFile(output);
  } finally {
    await rm(work, { recursive: true });
  }
};

describe("a package of the registry", () => {
  it("is published with a token, then found, read and fetched by anybody", async () => {
    const zip = await makePackage({
      id: "acme.weather",
      code: CODE,
      manifest: {
        name: "Weather",
        description: "Forecasts for any place.",
        license: "MIT",
        icon: "icon.svg",
      },
      files: {
        "README.md": "# Weather",
        "CHANGELOG.md": "# 1.0.0",
        "icon.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>',
      },
    });
    const digest = createHash("sha256").update(zip).digest("hex");
    const published = await acme.upload(`${BASE}/packages`, zip);
    expect(published, JSON.stringify(published.body)).toMatchObject({
      status: 201,
      body: { plugin: "acme.weather", version: "1.0.0", state: "passed", digest },
    });
    expect(await acme.upload(`${BASE}/packages`, zip)).toMatchObject({
      status: 200,
      body: { state: "passed" },
    });
    expect(await publish(acme, { id: "acme.weather", code: `${CODE} ` })).toMatchObject({
      status: 409,
      body: { code: "version_exists" },
    });

    const found = await anyone.get(`${BASE}/search?q=weather`);
    expect(Check(RegistrySearchDto, found.body), JSON.stringify(found.body)).toBe(true);
    expect(found.body).toMatchObject({ total: 1, items: [{ plugin: "acme.weather", badge: "community" }] });
    const page = await anyone.get(`${BASE}/packages/acme.weather`);
    expect(Check(RegistryPackageDto, page.body)).toBe(true);
    expect(page.body.versions).toMatchObject([
      { version: "1.0.0", digest, hasReadme: true, hasChangelog: true },
    ]);
    expect((await anyone.get(`${BASE}/packages/acme.weather/versions/1.0.0`)).body).toEqual(
      page.body.versions[0],
    );
    expect(page.headers.get("cache-control")).toBe("public, max-age=60");
    const again = await anyone.get(`${BASE}/packages/acme.weather`, {
      "if-none-match": page.headers.get("etag") ?? "",
    });
    expect(again.status).toBe(304);

    const version = `${BASE}/packages/acme.weather/versions/1.0.0`;
    const artifact = await anyone.raw(`${version}/artifact`);
    expect(Buffer.from(await artifact.arrayBuffer()).equals(Buffer.from(zip))).toBe(true);
    expect(artifact.headers.get("etag")).toBe(`"${digest}"`);
    expect(artifact.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const part = await fetch(new URL(`${version}/artifact`, server.url), { headers: { range: "bytes=2-5" } });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 2-5/${zip.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.from(zip.slice(2, 6)));
    expect((await anyone.get(`${version}/readme`)).body).toBe("# Weather");
    expect((await anyone.get(`${version}/changelog`)).body).toBe("# 1.0.0");
    expect((await anyone.get(`${version}/icon`)).headers.get("content-type")).toBe("image/svg+xml");
    expect(await anyone.get(`${BASE}/packages/acme.none`)).toMatchObject({
      status: 404,
      body: { code: "package_not_found" },
    });
    expect(await anyone.get(`${BASE}/packages/acme.weather/versions/9.9.9/artifact`)).toMatchObject({
      status: 404,
    });
    // Counts are written every few seconds; each search here is one that nobody made before.
    let limit = 1;
    const installs = async () =>
      (await anyone.get(`${BASE}/search?q=weather&limit=${limit++}`)).body.items[0].installs;
    await expect.poll(installs, { timeout: 15_000, interval: 500 }).toBe(1);
  });

  it("is yanked, deprecated and badged, and each answer says so at once", async () => {
    for (const version of ["1.0.0", "1.1.0"]) await publish(acme, { id: "acme.maps", version });
    const at = `${BASE}/packages/acme.maps`;
    const seen = async () => (await anyone.get(at)).body;
    expect(await seen()).toMatchObject({ latest: "1.1.0" });
    expect((await acme.post(`${at}/versions/1.1.0/yank`, { reason: "Crashes." })).status).toBe(204);
    expect(await seen()).toMatchObject({
      latest: "1.0.0",
      versions: [{ yanked: { reason: "Crashes." } }, {}],
    });
    expect((await anyone.raw(`${at}/versions/1.1.0/artifact`)).status).toBe(200);
    expect((await acme.post(`${at}/versions/1.1.0/unyank`)).status).toBe(204);
    expect((await acme.post(`${at}/deprecate`, { message: "Old.", successor: "acme.weather" })).status).toBe(
      204,
    );
    expect(await seen()).toMatchObject({
      latest: "1.1.0",
      deprecated: { message: "Old.", successor: "acme.weather" },
    });
    expect((await acme.post(`${at}/undeprecate`)).status).toBe(204);
    expect(await acme.put(`${at}/badge`, { badge: "official" })).toMatchObject({ status: 403 });
    expect((await admin.put(`${at}/badge`, { badge: "partner" })).status).toBe(204);
    const now = await seen();
    expect(now.badge).toBe("partner");
    expect(now).not.toHaveProperty("deprecated");
    expect((await anyone.get(`${BASE}/search?badge=partner`)).body.items).toMatchObject([
      { plugin: "acme.maps" },
    ]);
  });

  it("may only be changed by who publishes it", async () => {
    const other = await newPublisher("other");
    await publish(acme, { id: "acme.mine" });
    const at = `${BASE}/packages/acme.mine`;
    for (const [method, path, body] of [
      ["POST", `${at}/versions/1.0.0/yank`, { reason: "x" }],
      ["POST", `${at}/versions/1.0.0/unyank`, undefined],
      ["POST", `${at}/deprecate`, { message: "x" }],
      ["POST", `${at}/undeprecate`, undefined],
      ["PUT", `${at}/badge`, { badge: "official" }],
      ["GET", `${BASE}/publishers/acme/tokens`, undefined],
      ["POST", `${BASE}/publishers/acme/tokens`, { name: "x" }],
      ["GET", `${BASE}/publishers/acme/submissions`, undefined],
      ["GET", `${BASE}/submissions`, undefined],
      ["POST", `${BASE}/publishers/acme/keys`, { publicKey: generateKeyPair().publicKey }],
      ["POST", `${BASE}/publishers/acme/proofs`, { kind: "operator" }],
      ["POST", `${BASE}/blocklist`, { plugin: "acme.mine", versions: "*", reason: "x" }],
      ["DELETE", `${BASE}/blocklist?plugin=acme.mine&versions=*`, undefined],
    ] as const) {
      for (const answer of [await eve.call(method, path, body), await other.call(method, path, body)])
        expect([answer.status, answer.body.code], `${method} ${path}`).toEqual([403, "forbidden"]);
      expect((await anyone.call(method, path, body)).status, `${method} ${path}`).toBe(401);
    }
    expect(await publish(other, { id: "acme.mine", version: "2.0.0" })).toMatchObject({
      status: 403,
      body: { code: "forbidden" },
    });
    expect(await publish(anyone, { id: "acme.mine", version: "2.0.0" })).toMatchObject({ status: 401 });
    expect(await publish(admin.as("pbp_wrong"), { id: "acme.mine" })).toMatchObject({ status: 401 });
    expect((await anyone.get(at)).body.versions).toHaveLength(1);
  });
});

describe("publishing", () => {
  it("rejects what no check lets pass, with reasons that the publisher reads and no secret in them", async () => {
    const key = `ghp_${"a1B2".repeat(9)}`;
    const rejected = await publish(acme, {
      id: "acme.leaky",
      files: { "src/config.txt": `first\ntoken = ${key}\n`, ".env": "A=1" },
    });
    expect(rejected).toMatchObject({ status: 422, body: { code: "package_rejected" } });
    expect(rejected.body.findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: "secrets", level: "error", file: "src/config.txt", line: 2 }),
        expect.objectContaining({ check: "secrets", level: "error", file: ".env" }),
      ]),
    );
    expect(JSON.stringify(rejected.body)).not.toContain(key);
    const mine = await acme.get(`${BASE}/publishers/acme/submissions?state=rejected`);
    expect(mine.body.items[0]).toMatchObject({ plugin: "acme.leaky", findings: rejected.body.findings });
    expect((await anyone.get(`${BASE}/packages/acme.leaky`)).status).toBe(404);
    expect(await publish(acme, { id: "acme.leaky" })).toMatchObject({ status: 201 });
  });

  it("holds back what a person has to see, who releases or refuses it", async () => {
    const held = { id: "acme.sneaky", code: 'export default { tools: {} }; fetch("https://x.example");' };
    const first = await publish(acme, held);
    expect(first).toMatchObject({ status: 202, body: { state: "quarantined" } });
    expect(first.body.findings).toMatchObject([{}, {}, { check: "permissions", level: "review" }, {}]);
    expect((await anyone.get(`${BASE}/packages/acme.sneaky`)).status).toBe(404);
    const found = await anyone.get(`${BASE}/search?publisher=acme&limit=200`);
    expect(found.body.items.map(({ plugin }: { plugin: string }) => plugin)).not.toContain("acme.sneaky");
    expect(await publish(acme, held)).toMatchObject({ status: 202, body: { id: first.body.id } });
    const release = `${BASE}/submissions/${first.body.id}/release`;
    expect(await acme.post(release)).toMatchObject({ status: 403 });
    expect(await eve.post(release)).toMatchObject({ status: 403 });
    expect(await admin.post(release)).toMatchObject({ status: 200, body: { state: "released" } });
    expect(await admin.post(release)).toMatchObject({ status: 409, body: { code: "submission_decided" } });
    expect((await anyone.get(`${BASE}/packages/acme.sneaky`)).body.latest).toBe("1.0.0");
    const second = await publish(acme, { ...held, version: "1.1.0" });
    const reject = `${BASE}/submissions/${second.body.id}/reject`;
    expect(await admin.post(reject, { reason: "Why does it?" })).toMatchObject({
      body: { state: "refused" },
    });
    const { items } = (await acme.get(`${BASE}/publishers/acme/submissions?state=refused`)).body;
    expect(items[0]).toMatchObject({ version: "1.1.0", reason: "Why does it?" });
    expect(await admin.post(`${BASE}/submissions/999999/release`)).toMatchObject({ status: 404 });
  });

  it("holds back names that could be taken for well known ones", async () => {
    await newPublisher("globex");
    await publish(admin, { id: "globex.telescope", manifest: { name: "Telescope" } });
    await admin.put(`${BASE}/packages/globex.telescope/badge`, { badge: "official" });
    const copy = await newPublisher("gl0bex");
    expect(await publish(copy, { id: "gl0bex.telescope", manifest: { name: "Other" } })).toMatchObject({
      status: 202,
      body: { findings: expect.arrayContaining([expect.objectContaining({ check: "similar-names" })]) },
    });
    expect(await publish(copy, { id: "gl0bex.stars", manifest: { name: "Te1escope" } })).toMatchObject({
      status: 202,
    });
    expect(await publish(copy, { id: "gl0bex.microscope", manifest: { name: "Microscope" } })).toMatchObject({
      status: 201,
    });
  });

  it("needs a publisher that has proved who it is", async () => {
    const made = await eve.post(`${BASE}/publishers`, { publisher: "eves", name: "Eve" });
    expect(made).toMatchObject({ status: 201, body: { proofs: [], packages: [] } });
    const zip = await makePackage({ id: "eves.thing", code: CODE });
    const form = new FormData();
    form.append("package", new Blob([Uint8Array.from(zip)]), "package.zip");
    const publishing = () => eve.call("POST", `${BASE}/packages`, form);
    expect(await publishing()).toMatchObject({ status: 403, body: { code: "publisher_unproven" } });
    const proofs = `${BASE}/publishers/eves/proofs`;
    expect(await eve.post(proofs, { kind: "operator" })).toMatchObject({ status: 403 });
    for (const domain of ["127.0.0.1", "localhost", "UPPER.example", "a..example", "x"])
      expect(await eve.post(proofs, { kind: "dns", domain }), domain).toMatchObject({ status: 400 });
    const wellKnown = await eve.post(proofs, { kind: "well-known", domain: "eves.invalid" });
    expect(wellKnown).toMatchObject({ status: 422, body: { code: "proof_failed" } });
    expect(await admin.post(proofs, { kind: "operator" })).toMatchObject({
      status: 200,
      body: { proofs: [{ kind: "operator" }] },
    });
    expect(await publishing()).toMatchObject({ status: 201 });
    expect(await eve.post(`${BASE}/publishers`, { publisher: "patchbay", name: "x" })).toMatchObject({
      status: 403,
    });
    expect(await eve.post(`${BASE}/publishers`, { publisher: "acme", name: "x" })).toMatchObject({
      status: 409,
    });
  });

  it("takes signed packages only once there is a key, and only by keys that vouch for each other", async () => {
    const signer = await newPublisher("signer");
    const [first, second, foreign] = [generateKeyPair(), generateKeyPair(), generateKeyPair()];
    const keyOf = (pair: typeof first) => createPrivateKey(pair.privateKeyPem);
    const keys = `${BASE}/publishers/signer/keys`;
    expect(await signer.post(keys, { publicKey: first.publicKey })).toMatchObject({ status: 403 });
    expect(await admin.post(keys, { publicKey: "AAAA" })).toMatchObject({
      status: 422,
      body: { code: "key_invalid" },
    });
    expect(await admin.post(keys, { publicKey: first.publicKey })).toMatchObject({
      status: 201,
      body: { keyId: first.keyId },
    });
    const next = (by: typeof first) =>
      admin.post(keys, {
        publicKey: second.publicKey,
        endorsement: endorseKey("signer", { keyId: second.keyId }, keyOf(by)),
      });
    expect(await next(foreign)).toMatchObject({ status: 422, body: { code: "publisher_key_changed" } });
    expect(await admin.post(keys, { publicKey: second.publicKey })).toMatchObject({ status: 422 });
    expect(await next(first)).toMatchObject({ status: 201 });

    const zip = await makePackage({ id: "signer.box", code: CODE });
    expect(await signer.upload(`${BASE}/packages`, zip)).toMatchObject({ status: 422 });
    expect(await signer.upload(`${BASE}/packages`, await sign(zip, keyOf(foreign)))).toMatchObject({
      status: 422,
    });
    expect(await signer.upload(`${BASE}/packages`, await sign(zip, keyOf(second)))).toMatchObject({
      status: 201,
    });
    expect((await anyone.get(`${BASE}/packages/signer.box`)).body.versions[0].signedBy).toBe(second.keyId);
    expect((await admin.post(`${keys}/${second.keyId}/revoke`, { reason: "compromised" })).status).toBe(204);
    const later = await makePackage({ id: "signer.box", version: "1.1.0", code: CODE });
    expect(await signer.upload(`${BASE}/packages`, await sign(later, keyOf(second)))).toMatchObject({
      status: 422,
    });
    const page = (await anyone.get(`${BASE}/publishers/signer`)).body;
    expect(Check(RegistryPublisherDto, page), JSON.stringify(page)).toBe(true);
    expect(page.keys[1]).toMatchObject({ keyId: second.keyId, revoked: { reason: "compromised" } });
    expect(page.packages).toEqual(["signer.box"]);
  });

  it("refuses what is no package, and tokens that were deleted or have expired", async () => {
    expect(await acme.upload(`${BASE}/packages`, Buffer.from("no zip"))).toMatchObject({
      status: 422,
      body: { code: "archive_unreadable" },
    });
    expect(await acme.post(`${BASE}/packages`, {})).toMatchObject({ status: 415 });
    expect(await publish(acme, { id: "acme.broken", code: "export default {" })).toMatchObject({
      status: 422,
      body: { code: "script_invalid" },
    });
    const tokens = `${BASE}/publishers/acme/tokens`;
    const short = await admin.post(tokens, {
      name: "x",
      expiresAt: new Date(Date.now() + 1_000).toISOString(),
    });
    expect(await admin.post(tokens, { name: "x", expiresAt: "2020-01-01T00:00:00Z" })).toMatchObject({
      status: 400,
    });
    await expect
      .poll(async () => (await admin.as(short.body.token).get(`${BASE}/publishers/acme/submissions`)).status)
      .toBe(401);
    const gone = await admin.post(tokens, { name: "y" });
    expect((await admin.get(tokens)).body.items.map(({ name }: { name: string }) => name)).toContain("y");
    expect(JSON.stringify((await admin.get(tokens)).body)).not.toContain(gone.body.token);
    expect((await admin.delete(`${tokens}/${gone.body.id}`)).status).toBe(204);
    expect((await admin.as(gone.body.token).get(`${BASE}/publishers`)).status).toBe(401);
    expect((await admin.delete(`${tokens}/${gone.body.id}`)).status).toBe(404);
  });
});

describe("notices of the registry", () => {
  const advisory = (plugin: string, id: string) => ({
    id,
    modified: "2026-01-01T00:00:00Z",
    summary: "Leaks.",
    affected: [
      {
        package: { ecosystem: "Patchbay", name: plugin },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.2.0" }] }],
      },
    ],
  });

  it("are advisories of publishers about their own packages, until they are withdrawn", async () => {
    const at = `${BASE}/advisories/PB-2026-1`;
    const put = await acme.put(at, advisory("acme.weather", "PB-2026-1"));
    expect(put, JSON.stringify(put.body)).toMatchObject({ status: 200, body: { id: "PB-2026-1" } });
    expect(await acme.put(`${BASE}/advisories/X`, advisory("other.thing", "X"))).toMatchObject({
      status: 403,
    });
    expect(await eve.call("PUT", at, advisory("acme.weather", "PB-2026-1"))).toMatchObject({ status: 403 });
    expect(await acme.put(`${BASE}/advisories/Y`, advisory("acme.weather", "X"))).toMatchObject({
      status: 400,
    });
    const feed = await anyone.get(`${BASE}/advisories`);
    expect(Check(RegistryAdvisoriesDto, feed.body)).toBe(true);
    expect(feed.body.items[0]).toMatchObject({ id: "PB-2026-1", affected: put.body.affected });
    expect((await anyone.get(at)).body).toEqual(feed.body.items[0]);
    expect(await admin.put(`${BASE}/advisories/OP-1`, advisory("acme.weather", "OP-1"))).toMatchObject({
      status: 200,
    });
    expect(await acme.put(`${BASE}/advisories/OP-1`, advisory("acme.weather", "OP-1"))).toMatchObject({
      status: 403,
    });
    expect(await acme.post(`${at}/withdraw`)).toMatchObject({ status: 200 });
    expect((await anyone.get(at)).body.withdrawn).toBeDefined();
    expect(await anyone.get(`${BASE}/advisories/none`)).toMatchObject({
      body: { code: "advisory_not_found" },
    });
  });

  it("are blocks, which administrators set and take back", async () => {
    const block = { plugin: "acme.weather", versions: "<1.0.1", reason: "Steals." };
    expect(await admin.post(`${BASE}/blocklist`, { ...block, versions: "nonsense" })).toMatchObject({
      status: 400,
    });
    expect(await admin.post(`${BASE}/blocklist`, block)).toMatchObject({ status: 201, body: block });
    const list = await anyone.get(`${BASE}/blocklist`);
    expect(Check(RegistryBlocklistDto, list.body)).toBe(true);
    expect(list.body.items).toMatchObject([block]);
    const query = "plugin=acme.weather&versions=%3C1.0.1";
    expect((await admin.delete(`${BASE}/blocklist?${query}`)).status).toBe(204);
    expect((await admin.delete(`${BASE}/blocklist?${query}`)).status).toBe(404);
    expect((await anyone.get(`${BASE}/blocklist`)).body.items).toEqual([]);
    expect(Check(RegistryDto, (await anyone.get(`${BASE}/registry`)).body)).toBe(true);
  });
});

it("answers searches that make no sense with a problem, not with a fault", async () => {
  for (const query of [
    "limit=0",
    "limit=1000",
    "cursor=x",
    "sort=none",
    "badge=private",
    "x=1",
    "publisher=A",
  ])
    expect((await anyone.get(`${BASE}/search?${query}`)).status, query).toBe(400);
  for (const q of ["%27%3B--", "%F0%9F%98%80", "a%26b%7C%21%3A%2A", "%25_%5C", "the", "%EF%BF%BD", "%00"])
    expect((await anyone.get(`${BASE}/search?q=${q}`)).status, q).toBe(200);
});
