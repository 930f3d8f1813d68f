import { missingForRadosgw, type Radosgw, startRadosgw } from "@patchbay/storage-objects/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "./support/cli.ts";
import { startRegistry, type TestRegistry } from "./support/registry.ts";
import { temporaryFolder } from "./support/server.ts";

const missing = missingForRadosgw();
const why = missing.length > 0 ? ` (skipped: ${missing.join(", ")} not installed)` : "";
const BUCKET = "mirrors";

describe.skipIf(missing.length > 0)(`a mirror in S3${why}`, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let radosgw: Radosgw;
  let registry: TestRegistry;
  let environment: Record<string, string>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    [radosgw, registry] = await Promise.all([startRadosgw({ dir: folder.path }), startRegistry()]);
    await radosgw.makeBucket(BUCKET);
    const { endpoint, credentials } = radosgw.settings(BUCKET);
    environment = {
      PATCHBAY_URL: registry.server.url,
      PATCHBAY_S3_ENDPOINT: endpoint ?? "",
      PATCHBAY_S3_ACCESS_KEY_ID: credentials?.accessKeyId ?? "",
      PATCHBAY_S3_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
    };
    for (const version of ["1.0.0", "1.1.0"])
      await registry.publish({ id: "acme.maps", version, code: "export default { tools: {} };" });
  });
  afterAll(async () => {
    await registry?.stop();
    await radosgw?.stop();
    await folder?.remove();
  });

  const mirror = async (more: Record<string, string> = {}, output = `s3://${BUCKET}/public`) =>
    await runCli(["registry", "mirror", "--output", output, "--json"], {
      environment: { ...environment, ...more },
    });
  const read = (path: string) => radosgw.readObject(BUCKET, `public/registry/v1/${path}`);

  it("has the files of one in a folder, of which only what is new is sent again", async () => {
    const first = await mirror();
    expect(first.code, first.stderr).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ packages: 1, versions: 2, fetched: 2 });
    const index = await read("index.json");
    expect(JSON.parse(index.bytes.toString())).toMatchObject({
      items: [{ plugin: "acme.maps", latest: "1.1.0" }],
    });
    expect(index).toMatchObject({ type: "application/json", cacheControl: "public, max-age=60" });
    const artifact = await read("packages/acme.maps/versions/1.1.0/artifact");
    const original = await registry.admin.raw("/registry/v1/packages/acme.maps/versions/1.1.0/artifact");
    expect(artifact.bytes.equals(Buffer.from(await original.arrayBuffer()))).toBe(true);
    expect(artifact.cacheControl).toBe("public, max-age=31536000, immutable");
    await registry.publish({ id: "acme.maps", version: "1.2.0", code: "export default { tools: {} };" });
    expect(JSON.parse((await mirror()).stdout)).toMatchObject({ versions: 3, fetched: 1 });
  });

  it("is refused without the right key, and for what is no address", async () => {
    const wrong = await mirror({ PATCHBAY_S3_SECRET_ACCESS_KEY: "wrong" });
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stderr)).toMatchObject({ code: "artifact_store_refused" });
    expect(await mirror({}, "s3:nothing")).toMatchObject({ code: 2 });
  });
});
