import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PatchbayClient } from "@patchbay/api-client";
import { missingForRadosgw, type Radosgw, startRadosgw } from "@patchbay/storage-objects/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { runCli } from "./support/cli.ts";
import { makePackage, type PluginSource } from "./support/packages.ts";
import { startRegistry, type TestRegistry } from "./support/registry.ts";
import { type Relay, startRelay } from "./support/relay.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const missing = missingForRadosgw();
const why = missing.length > 0 ? ` (skipped: ${missing.join(", ")} not installed)` : "";
const BUCKET = "registry";
const BASE = "/api/orgs/default";
/** More than a registry holds in memory. */
const LARGE_BYTES = 3 * 1024 * 1024;

const plugin = (id: string, version = "1.0.0"): PluginSource => ({
  id,
  version,
  tools: ["say"],
  code: `export default { tools: { say: { description: "The tool say.", run: () => "${id} ${version}" } } };`,
});
const large = (id: string, version?: string): PluginSource => ({
  ...plugin(id, version),
  files: { "data.bin": randomBytes(LARGE_BYTES) },
});
const pathOf = (id: string, version = "1.0.0") => `/registry/v1/packages/${id}/versions/${version}/artifact`;
const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(missing.length > 0)(`a registry with its packages in S3${why}`, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let radosgw: Radosgw;
  /** Before S3, for all. */
  let store: Relay;
  let settings: Record<string, string>;
  let registry: TestRegistry;
  /** Before the registry, for the deployment that has it as its marketplace. */
  let front: Relay;
  let server: TestServer;
  let owner: Api;
  let client: PatchbayClient;

  beforeAll(async () => {
    folder = await temporaryFolder();
    radosgw = await startRadosgw({ dir: folder.path });
    await radosgw.makeBucket(BUCKET);
    const { endpoint, credentials } = radosgw.settings(BUCKET);
    store = await startRelay(endpoint ?? "");
    settings = {
      PATCHBAY_S3_BUCKET: BUCKET,
      PATCHBAY_S3_ENDPOINT: store.url,
      PATCHBAY_S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? "",
      PATCHBAY_S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
    };
    registry = await startRegistry(settings);
    for (const source of [
      plugin("acme.small"),
      ...["acme.maps", "acme.tiles", "acme.late"].map((id) => large(id)),
    ])
      await registry.publish(source);
    front = await startRelay(registry.server.url);
    server = await startServer({
      dataDir: join(folder.path, "deployment"),
      environment: { PATCHBAY_MARKETPLACE_URL: front.url },
    });
    owner = new Api(server.url);
    client = new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY });
  });
  afterEach(() => {
    front.divert = null;
  });
  afterAll(async () => {
    await server?.stop();
    await front?.stop();
    await registry?.stop();
    await store?.stop();
    await radosgw?.stop();
    await folder?.remove();
  });

  const digestIn = async (id: string): Promise<string> =>
    (await registry.admin.get(`/registry/v1/packages/${id}/versions/1.0.0`)).body.digest;
  const download = (id: string, init: RequestInit = {}, url = registry.server.url) =>
    fetch(new URL(pathOf(id), url), { redirect: "manual", ...init });
  /** What was asked of S3 by addresses that somebody was sent on to. */
  const sentOn = () => store.requests.filter(({ url }) => url.includes("X-Amz-Signature="));
  const install = (id: string) => owner.post(`${BASE}/plugins`, { plugin: id });

  it("sends whoever downloads a large one on to S3, for a short time", async () => {
    const answer = await download("acme.maps");
    expect(answer.status).toBe(302);
    expect(answer.headers.get("cache-control")).toBe("public, no-store");
    expect(answer.headers.get("etag")).toBe(`"${await digestIn("acme.maps")}"`);
    const address = new URL(answer.headers.get("location") ?? "");
    expect(address.origin).toBe(store.url);
    expect(Number(address.searchParams.get("X-Amz-Expires"))).toBeLessThanOrEqual(120);
    const direct = await fetch(address);
    expect(digestOf(await direct.bytes())).toBe(await digestIn("acme.maps"));
    expect(direct.headers.get("content-disposition")).toBe('attachment; filename="acme.maps-1.0.0.zip"');
    expect((await download("acme.maps", { method: "HEAD" })).status).toBe(200);
    expect((await download("acme.small")).status).toBe(200);
  });

  it("is a marketplace like others, and S3 gets to see nobody's credentials", async () => {
    const before = sentOn().length;
    const { version, state } = await client.plugins.install({ plugin: "acme.maps", grants: [] });
    expect([version, state]).toEqual(["1.0.0", "disabled"]);
    await client.plugins.step("acme.maps", "enable");
    expect(await client.tools.call("acme.maps", "say", { input: {} })).toBe("acme.maps 1.0.0");
    const [here] = (await client.catalog.plugin("acme.maps")).versions;
    expect(here?.digest).toBe(await digestIn("acme.maps"));
    // As a person downloads it who shows a key to the registry.
    expect(digestOf(await (await registry.admin.raw(pathOf("acme.maps"))).bytes())).toBe(here?.digest);
    const asked = sentOn().slice(before);
    expect(asked.map(({ headers }) => headers["user-agent"])).toEqual(["Patchbay", expect.anything()]);
    for (const { headers } of asked) {
      expect(headers).not.toHaveProperty("authorization");
      expect(headers).not.toHaveProperty("cookie");
      expect(JSON.stringify(headers)).not.toContain(BOOTSTRAP_KEY);
    }
  });

  const changed = (address: URL, name: string, change: (value: string) => string): URL => {
    const other = new URL(address);
    other.searchParams.set(name, change(other.searchParams.get(name) ?? ""));
    return other;
  };
  const objectOf = (digest: string) => `sha256/${digest.slice(0, 2)}/${digest}`;
  const refusedByS3 =
    /^The marketplace \S+ sent on to 127\.0\.0\.1:\d+, which answers the package of acme\.tiles 1\.0\.0 with status 403\.$/;

  it.each<[string, (address: URL) => URL | Promise<URL>, RegExp]>([
    [
      "that has expired",
      async () =>
        await radosgw.presigned(
          BUCKET,
          objectOf(await digestIn("acme.tiles")),
          new Date(Date.now() - 600_000),
        ),
      refusedByS3,
    ],
    [
      "whose signature is another",
      (address) =>
        changed(address, "X-Amz-Signature", (value) =>
          value.replace(/./g, (digit) => (digit === "0" ? "1" : "0")),
        ),
      refusedByS3,
    ],
    [
      "whose time was made longer",
      (address) => changed(address, "X-Amz-Expires", () => "86400"),
      refusedByS3,
    ],
    [
      "that leads to another object with the same signature",
      async (address) => {
        const other = objectOf(await digestIn("acme.maps"));
        return new URL(`/${BUCKET}/${other}${address.search}`, address);
      },
      refusedByS3,
    ],
    [
      "to other bytes",
      async () => await radosgw.presigned(BUCKET, objectOf(await digestIn("acme.late")), new Date()),
      /promised .* and sent/,
    ],
    [
      "to a server that does not answer",
      () => new URL("http://127.0.0.1:9/"),
      /sent on to 127\.0\.0\.1:9, which cannot be reached/,
    ],
  ])("is refused with an address %s, and nothing changes", async (_name, divert, message) => {
    front.divert = divert;
    const { status, body } = await install("acme.tiles");
    expect(body.detail).toMatch(message);
    const isDown = message.source.includes("reached");
    expect([status, body.code]).toEqual(
      isDown ? [503, "marketplace_unavailable"] : [502, "marketplace_invalid"],
    );
    expect((await owner.get(`${BASE}/catalog/acme.tiles`)).status).toBe(404);
    expect((await client.plugins.list()).map((one) => one.plugin)).not.toContain("acme.tiles");
  });

  it("gives the same by its own address as soon as it is left alone", async () => {
    expect(await install("acme.tiles")).toMatchObject({ status: 201, body: { version: "1.0.0" } });
  });

  it("is copied to plain files through S3", async () => {
    const output = join(folder.path, "mirror");
    const args = ["registry", "mirror", "--output", output, "--from", front.url, "--json"];
    const mirrored = await runCli(args, { environment: {} });
    expect(mirrored.code, mirrored.stderr).toBe(0);
    expect(digestOf(await readFile(join(output, pathOf("acme.tiles"))))).toBe(await digestIn("acme.tiles"));
    front.divert = (address) => changed(address, "X-Amz-Expires", () => "86400");
    const elsewhere = args.map((arg) => (arg === output ? `${output}-other` : arg));
    const refused = await runCli(elsewhere, { environment: {} });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stderr)).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(`${new URL(store.url).host} answered 403`),
    });
  });

  it("gives all by itself while S3 is down", async () => {
    await radosgw.kill();
    try {
      expect(await install("acme.late")).toMatchObject({ status: 201, body: { version: "1.0.0" } });
    } finally {
      await radosgw.start();
    }
  });

  it("gives all by itself when it is told not to redirect", async () => {
    const proxying = await startRegistry({ ...settings, PATCHBAY_S3_REDIRECTS: "false" });
    try {
      const source = large("acme.maps");
      const zip = await makePackage(source);
      await proxying.publish(source);
      const answer = await download("acme.maps", {}, proxying.server.url);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(digestOf(await answer.bytes())).toBe(digestOf(zip));
      expect((await radosgw.readObject(BUCKET, objectOf(digestOf(zip)))).bytes.length).toBe(zip.length);
    } finally {
      await proxying.stop();
    }
  });
});
