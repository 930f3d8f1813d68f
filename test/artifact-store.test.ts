import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { LocalArtifactStore, S3ArtifactStore, S3Bucket } from "@patchbay/storage-objects";
import { missingForRadosgw, type Radosgw, startRadosgw } from "@patchbay/storage-objects/testing";
import { startPostgresServer, type TestPostgresServer } from "@patchbay/storage-postgres/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const missing = missingForRadosgw();
const why = missing.length > 0 ? ` (skipped: ${missing.join(", ")} not installed)` : "";
const ID = "acme.stored";
const PLUGIN = `/api/orgs/default/plugins/${ID}`;
const ARTIFACT = (version: string) => `/api/orgs/default/catalog/${ID}/versions/${version}/artifact`;
/** Longer than the server waits between its attempts. */
const RECOVERY = { timeout: 60_000, interval: 200 };

const zipOf = (version: string) =>
  makePackage({
    id: ID,
    version,
    code: `export default { tools: { version: { description: "v", run: () => ${JSON.stringify(version)} } } };`,
    tools: ["version"],
  });

describe.skipIf(missing.length > 0)(`packages in S3${why}`, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let databaseFolder: typeof folder;
  let radosgw: Radosgw;
  let postgres: TestPostgresServer;
  let shared: Record<string, string>;
  const servers: TestServer[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder();
    radosgw = await startRadosgw({ dir: folder.path });
    await radosgw.makeBucket("patchbay");
    databaseFolder = await temporaryFolder();
    postgres = await startPostgresServer({ dir: databaseFolder.path });
    shared = {
      PATCHBAY_DATABASE_URL: postgres.url,
      PATCHBAY_SECRET_KEY: randomBytes(32).toString("base64"),
      PATCHBAY_LOG_LEVEL: "info",
    };
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });
  afterAll(async () => {
    await postgres?.stop();
    await radosgw?.stop();
    await folder?.remove();
    await databaseFolder?.remove();
  });

  /** Variables for the test's server, changed as `change` says. */
  const s3 = (change: Record<string, string> = {}): Record<string, string> => {
    const { bucket, endpoint, credentials } = radosgw.settings("patchbay");
    return {
      PATCHBAY_S3_BUCKET: bucket,
      PATCHBAY_S3_ENDPOINT: endpoint ?? "",
      PATCHBAY_S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? "",
      PATCHBAY_S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
      ...change,
    };
  };
  const start = async (name: string, environment: Record<string, string>) => {
    const server = await startServer({ dataDir: join(folder.path, name), environment });
    servers.push(server);
    return { server, api: new Api(server.url) };
  };
  const bucket = async () => await S3Bucket.open(radosgw.settings("patchbay"));
  const callVersion = async (api: Api) => (await api.post(`/api/orgs/default/tools/${ID}/version`, {})).body;
  const copies = (name: string): string[] => {
    const path = join(folder.path, name, "artifacts", "sha256");
    return existsSync(path) ? readdirSync(path, { recursive: true }).map(String) : [];
  };

  it("are there for a node that starts on another data folder after the first was killed", async () => {
    const one = await start("one", { ...shared, ...s3() });
    const uploaded = await one.api.upload("/api/orgs/default/uploads", await zipOf("1.0.0"));
    expect(uploaded.status).toBe(201);
    expect((await one.api.post("/api/orgs/default/plugins", { plugin: ID })).status).toBe(201);
    expect((await one.api.post(`${PLUGIN}/enable`)).body).toMatchObject({ state: "enabled" });
    expect(await callVersion(one.api)).toEqual({ output: "1.0.0" });
    expect(await (await bucket()).sizeOf(uploaded.body.digest)).toBe((await zipOf("1.0.0")).byteLength);
    await one.server.kill();

    const two = await start("two", { ...shared, ...s3() });
    await expect
      .poll(() => two.server.output(), RECOVERY)
      .toContain("all artifacts that enabled plugins need");
    // The script is here, and the package, which nothing needs, is not.
    expect(copies("two").some((path) => path.endsWith(uploaded.body.digest))).toBe(false);
    await radosgw.kill();
    try {
      expect(await callVersion(two.api)).toEqual({ output: "1.0.0" });
    } finally {
      await radosgw.start();
    }
  });

  it("are downloaded from S3 itself by an address that soon ends, or through the server", async () => {
    const { api, server } = await start("one", { ...shared, ...s3() });
    const zip = Buffer.from(await zipOf("1.0.0"));
    const get = (path: string, init: RequestInit = {}) =>
      fetch(new URL(path, server.url), {
        ...init,
        headers: { authorization: "Bearer pb_bootstrap-key-of-the-tests", ...init.headers },
      });
    const answer = await get(ARTIFACT("1.0.0"), { redirect: "manual" });
    expect(answer.status).toBe(302);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    const address = new URL(answer.headers.get("location") ?? "");
    expect(address.origin).toBe(radosgw.settings("patchbay").endpoint);
    expect(Number(address.searchParams.get("X-Amz-Expires"))).toBeLessThanOrEqual(120);
    const direct = await fetch(address);
    expect(Buffer.from(await direct.arrayBuffer()).equals(zip)).toBe(true);
    expect(direct.headers.get("cache-control")).toContain("immutable");
    expect(direct.headers.get("content-disposition")).toBe(`attachment; filename="${ID}-1.0.0.zip"`);
    // As clients do it: they follow, and keep the key to themselves.
    expect(Buffer.from(await (await api.raw(ARTIFACT("1.0.0"))).arrayBuffer()).equals(zip)).toBe(true);
    const part = await get(ARTIFACT("1.0.0"), { headers: { range: "bytes=10-19" } });
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, zip.subarray(10, 20)]);
    const head = await get(ARTIFACT("1.0.0"), { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, String(zip.length)]);
    await server.stop();

    const proxying = await start("one", { ...shared, ...s3({ PATCHBAY_S3_REDIRECTS: "false" }) });
    const through = await fetch(new URL(ARTIFACT("1.0.0"), proxying.server.url), {
      redirect: "manual",
      headers: { authorization: "Bearer pb_bootstrap-key-of-the-tests" },
    });
    expect(through.status).toBe(200);
    expect(through.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
    expect(Buffer.from(await through.arrayBuffer()).equals(zip)).toBe(true);
  });

  it("cannot be added while S3 is down, and can again; what is installed goes on", async () => {
    const { api, server } = await start("one", { ...shared, ...s3() });
    await radosgw.kill();
    const refused = await api.upload("/api/orgs/default/uploads", await zipOf("1.1.0"));
    expect([refused.status, refused.body.code]).toEqual([503, "artifact_store_unavailable"]);
    expect(refused.body.detail).not.toContain("127.0.0.1");
    expect((await api.get(`/api/orgs/default/catalog/${ID}`)).body.versions).toHaveLength(1);
    expect(await callVersion(api)).toEqual({ output: "1.0.0" });
    expect((await api.post(`${PLUGIN}/disable`)).body).toMatchObject({ state: "disabled" });
    expect((await api.post(`${PLUGIN}/enable`)).body).toMatchObject({ state: "enabled" });
    expect(await callVersion(api)).toEqual({ output: "1.0.0" });
    const kept = await api.raw(ARTIFACT("1.0.0"));
    expect([kept.status, kept.redirected]).toEqual([200, false]);
    expect((await api.get("/readyz")).status).toBe(200);
    await expect.poll(() => server.output().match(/S3 fails; what is installed goes on/g)).toHaveLength(1);

    // A start without S3, on a folder that has what it needs.
    await server.stop();
    const again = await start("one", { ...shared, ...s3() });
    await expect.poll(() => again.server.output()).toContain("S3 cannot be used");
    expect(await callVersion(again.api)).toEqual({ output: "1.0.0" });
    await radosgw.start();
    await expect.poll(() => again.server.output(), RECOVERY).toContain("packages are kept in S3");
    expect((await again.api.upload("/api/orgs/default/uploads", await zipOf("1.1.0"))).status).toBe(201);
    expect((await again.api.post(`${PLUGIN}/update`)).body).toMatchObject({ version: "1.1.0" });
    expect(await callVersion(again.api)).toEqual({ output: "1.1.0" });
  });

  it.each([
    ["a wrong secret", { PATCHBAY_S3_SECRET_ACCESS_KEY: "wrong" }, "SignatureDoesNotMatch"],
    ["an unknown key", { PATCHBAY_S3_ACCESS_KEY_ID: "nobody" }, "InvalidAccessKeyId"],
    ["half a key", { PATCHBAY_S3_SECRET_ACCESS_KEY: "" }, "PATCHBAY_S3_SECRET_ACCESS_KEY"],
    ["a bucket that does not exist", { PATCHBAY_S3_BUCKET: "nowhere" }, "NoSuchBucket"],
  ])("are kept in the data folder, with a warning, when there is %s", async (_name, change, reason) => {
    const { api, server } = await start("alone", { ...s3(change), PATCHBAY_LOG_LEVEL: "warn" });
    await expect.poll(() => server.output()).toContain("S3 cannot be used");
    await expect.poll(() => server.output()).toContain(reason);
    expect(server.output()).not.toContain(s3().PATCHBAY_S3_SECRET_ACCESS_KEY);
    expect([200, 201]).toContain(
      (await api.upload("/api/orgs/default/uploads", await zipOf("1.0.0"))).status,
    );
    await api.post("/api/orgs/default/plugins", { plugin: ID });
    await api.post(`${PLUGIN}/enable`);
    expect(await callVersion(api)).toEqual({ output: "1.0.0" });
    expect((await api.raw(ARTIFACT("1.0.0"))).redirected).toBe(false);
  });

  it("that only a folder had are brought to S3 once it can be used", async () => {
    const { server } = await start("alone", { ...s3(), PATCHBAY_LOG_LEVEL: "info" });
    await expect
      .poll(() => server.output(), RECOVERY)
      .toMatch(/artifacts that only this node had were brought to S3|packages are kept in S3/);
    const local = await LocalArtifactStore.open(join(folder.path, "alone", "artifacts"));
    const store = await bucket();
    await expect
      .poll(async () => {
        const there = await store.list();
        return (await local.list()).filter(({ digest }) => !there.has(digest));
      }, RECOVERY)
      .toEqual([]);
  });

  it("that are damaged or lost in S3 fail by themselves: the start and the other plugins go on", async () => {
    const one = await start("one", { ...shared, ...s3() });
    const other = await makePackage({
      id: "acme.other",
      code: `export default { tools: { version: { description: "v", run: () => "other" } } };`,
      tools: ["version"],
    });
    await one.api.upload("/api/orgs/default/uploads", other);
    await one.api.post("/api/orgs/default/plugins", { plugin: "acme.other" });
    await one.api.post("/api/orgs/default/plugins/acme.other/enable");
    await one.server.stop();
    const digest = await scriptDigestOf(one.server.dataDir, "other");
    const inUse = new S3ArtifactStore(
      await bucket(),
      await LocalArtifactStore.open(join(folder.path, "tool")),
    );
    await inUse.attach();
    await inUse.remove(digest);
    await rm(join(folder.path, "three"), { recursive: true, force: true });

    const three = await start("three", { ...shared, ...s3() });
    await expect
      .poll(() => three.server.output())
      .toMatch(/"plugin":"acme.other".*"reason":"artifact_missing"/);
    expect(await callVersion(three.api)).toEqual({ output: "1.1.0" });
    const failed = await three.api.post("/api/orgs/default/tools/acme.other/version", {});
    expect(failed.status).toBeGreaterThanOrEqual(500);
    expect(failed.body.code).toBe("artifact_missing");
    // Uploaded once more, it works again.
    expect((await three.api.upload("/api/orgs/default/uploads", other)).status).toBe(200);
    await three.api.post("/api/orgs/default/plugins/acme.other/retry");
    const mended = await three.api.post("/api/orgs/default/tools/acme.other/version", {});
    expect(mended.body).toEqual({ output: "other" });
  });
});

/** Digest of the script in a data folder that holds this text. */
const scriptDigestOf = async (dataDir: string, text: string): Promise<string> => {
  const local = await LocalArtifactStore.open(join(dataDir, "artifacts"));
  for (const { digest } of await local.list()) {
    const content = await readFile(
      join(dataDir, "artifacts", "sha256", digest.slice(0, 2), digest),
      "latin1",
    );
    if (content.includes(`"${text}"`) && !content.startsWith("PK")) return digest;
  }
  throw new Error(`No script holds "${text}".`);
};
