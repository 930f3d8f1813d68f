import { createHash } from "node:crypto";
import { generateKeyPair } from "@patchbay/artifact";
import {
  RegistryAdvisoriesDto,
  RegistryBlocklistDto,
  RegistryDto,
  RegistryPackageDto,
  RegistrySearchDto,
} from "@patchbay/protocol";
import { Check } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePackage } from "./support/packages.ts";
import { type Publishing, publish, startPublishing } from "./support/publishing.ts";

const BASE = "/registry/v1";
const CODE = "export default { tools: {} };";

let publishing: Publishing;
beforeAll(async () => {
  publishing = await startPublishing();
});
afterAll(async () => {
  await publishing?.stop();
});

describe("a package of the registry", () => {
  it("is published with a token, then found, read and fetched by anybody", async () => {
    const { server, anyone, acme } = publishing;
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
    const { admin, anyone, acme } = publishing;
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
    const { admin, anyone, eve, acme, newPublisher } = publishing;
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
    const { admin, anyone, eve, acme } = publishing;
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

  it("are so few and small of one publisher that everybody can read all of them", async () => {
    const { anyone, eve, newPublisher } = publishing;
    const before = (await anyone.get(`${BASE}/advisories`)).body.items.length;
    expect((await eve.post(`${BASE}/publishers`, { publisher: "nobody", name: "Nobody" })).status).toBe(201);
    const unproven = await eve.call("PUT", `${BASE}/advisories/N-1`, advisory("nobody.thing", "N-1"));
    expect(unproven).toMatchObject({ status: 403, body: { code: "publisher_unproven" } });
    const loud = await newPublisher("loud");
    const put = (id: string, more: object = {}) =>
      loud.put(`${BASE}/advisories/${id}`, { ...advisory("loud.thing", id), ...more });
    const large = { ...advisory("loud.thing", "L-0"), details: "x".repeat(20_000), aliases: [] as string[] };
    for (let index = 0; index < 3; index += 1)
      large.affected.push({ ...large.affected[0], versions: Array(1_000).fill("1.0.0") } as never);
    expect(await put("L-0", large)).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    for (let index = 1; index <= 100; index += 1) expect((await put(`L-${index}`)).status).toBe(200);
    expect(await put("L-101")).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect((await put("L-100", { summary: "Another text." })).status).toBe(200);
    expect((await anyone.get(`${BASE}/advisories`)).body.items).toHaveLength(before + 100);
  });

  it("are blocks, which administrators set and take back", async () => {
    const { admin, anyone } = publishing;
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
  const { anyone } = publishing;
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
