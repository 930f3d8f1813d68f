import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { generateKeyPair, readPrivateKey, signPackage, writeBundle } from "@patchbay/artifact";
import type { BundleManifestDto, LockFileDto } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "./support/cli.ts";
import { canRunAlone, runAlone } from "./support/network.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { makePackage, type PluginSource } from "./support/packages.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

let organization: TestOrganization | undefined;
let client: TestOrganization["client"];
let owner: TestOrganization["owner"];
let folder: string;
let file: string;

const tool = (answer: string) =>
  `export default { tools: { say: { description: "The tool say.", run: () => "${answer}" } } };`;
const plugin = (id: string, version: string, manifest: Record<string, unknown> = {}): PluginSource => ({
  id,
  version,
  manifest,
  tools: ["say"],
  code: tool(`${id} ${version}`),
});
const environment = () => ({ PATCHBAY_URL: organization?.server.url ?? "", PATCHBAY_API_KEY: BOOTSTRAP_KEY });
const formOf = (bundle: Blob, field = "bundle") => {
  const form = new FormData();
  form.append(field, bundle, "bundle.tar");
  return form;
};
const imported = async (bytes: Uint8Array, field = "bundle") =>
  await owner.post("/api/orgs/default/bundles/import", formOf(new Blob([Uint8Array.from(bytes)]), field));
const inCatalog = async () =>
  (await client.catalog.search({ source: "bundle" })).items.map((one) => one.plugin);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "patchbay-bundles-"));
  file = join(folder, "plugins.tar");
  organization = await startOrganization();
  ({ client, owner } = organization);
  for (const source of [
    plugin("acme.tiles", "1.0.0"),
    plugin("acme.tiles", "1.1.0"),
    plugin("acme.maps", "1.0.0", { dependencies: { "acme.tiles": "^1.0.0" } }),
    plugin("acme.other", "3.0.0", { permissions: { required: ["storage.scoped"] } }),
  ])
    await organization.upload(source);
  await client.plugins.install({ plugin: "acme.tiles", version: "1.0.0", grants: [] });
  await client.plugins.install({ plugin: "acme.maps", grants: [] });
  await client.plugins.step("acme.maps", "enable");
});
afterAll(async () => {
  await organization?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("a bundle", () => {
  it("holds what was asked for with all that it needs, in the versions that are installed", async () => {
    const made = await runCli(["bundle", "create", "--output", file, "--lock", "--json"], {
      environment: environment(),
    });
    expect(made, made.stderr).toMatchObject({ code: 0 });
    const text = (await readFile(file)).toString("latin1");
    for (const part of ["acme.maps", "acme.tiles", "1.0.0"]) expect(text).toContain(part);
    expect(text).not.toContain("1.1.0");
    expect(text).not.toContain("acme.other");
  });

  it.skipIf(!canRunAlone())("installs on a deployment that has no network at all", async () => {
    const result = await runAlone(new URL("./support/offline-install.ts", import.meta.url).pathname, {
      PATCHBAY_BUNDLE: file,
      PATCHBAY_TEST_FOLDER: folder,
    });
    expect(result.stderr).toBe("");
    expect(JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "")).toEqual({
      interfaces: ["lo"],
      outside: "unreachable",
      states: ["acme.maps enabled", "acme.tiles enabled"],
      answer: "acme.maps 1.0.0",
    });
  });

  it("makes another organization like the one that it was made of, by the lock file in it", async () => {
    const second = await startOrganization();
    try {
      const answer = await runCli(["bundle", "install", file, "--apply", "--yes"], {
        environment: { PATCHBAY_URL: second.server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY },
      });
      expect(answer, answer.stderr).toMatchObject({ code: 0 });
      // All but where they came from.
      const pluginsOf = async (of: TestOrganization["client"]) =>
        Object.entries((await of.locks.read()).plugins).map(([id, { source: _source, ...one }]) => [id, one]);
      const wanted = await pluginsOf(client);
      expect(await pluginsOf(second.client)).toEqual(wanted);
      expect(JSON.stringify(wanted)).toContain("acme.maps");
      expect(await second.client.tools.call("acme.maps", "say", { input: {} })).toMatch("acme.maps 1.0.0");
    } finally {
      await second.stop();
    }
  });

  it("comes in whole or not at all", async () => {
    const good = Buffer.from(await makePackage(plugin("in.good", "1.0.0")));
    const taken = Buffer.from(
      await makePackage({ ...plugin("acme.tiles", "1.0.0"), code: tool("other bytes") }),
    );
    const broken = Buffer.from("PK no package");
    for (const [bad, code] of [
      [taken, "version_exists"],
      [broken, "archive_unreadable"],
    ] as const) {
      const answer = await imported(await bundleOf({ "in.good": good, "acme.tiles": bad }));
      expect(answer.body.code).toBe(code);
      expect(await inCatalog()).toEqual([]);
    }
    const answer = await imported(await bundleOf({ "in.good": good }));
    expect(answer).toMatchObject({
      status: 201,
      body: { packages: [{ plugin: "in.good", source: "bundle", badge: "private" }] },
    });
    expect(await inCatalog()).toEqual(["in.good"]);
    expect((await imported(await bundleOf({ "in.good": good }))).status).toBe(201);
  });

  it("is refused when a package is another one than it says, cut off, or no bundle", async () => {
    const package_ = Buffer.from(await makePackage(plugin("in.disguise", "1.0.0")));
    const lying = await bundleOf({ "in.trusted": package_ });
    expect((await imported(lying)).body).toMatchObject({
      code: "bundle_invalid",
      detail: expect.stringContaining("in.disguise"),
    });
    expect((await imported(lying.subarray(0, 2_000))).body.code).toBe("bundle_invalid");
    expect((await imported(Buffer.from("nothing"))).body.code).toBe("bundle_invalid");
    expect((await imported(lying, "package")).body.code).toBe("invalid_request");
    expect(await inCatalog()).toEqual(["in.good"]);
  });

  it("has the keys with it that its packages are signed with, which an administrator may take over", async () => {
    const { publicKey, privateKeyPem } = generateKeyPair();
    const privateKey = readPrivateKey(privateKeyPem);
    const input = join(folder, "plain.zip");
    const output = join(folder, "signed.zip");
    await writeFile(input, await makePackage(plugin("signed.one", "1.0.0")));
    await signPackage({ input, output, privateKey, signedAt: new Date() });
    await owner.post("/api/system/publishers", { publisher: "signed", publicKey });
    expect((await owner.upload("/api/orgs/default/uploads", await readFile(output))).body.trust.state).toBe(
      "signed",
    );
    const made = await client.bundles.create({ plugins: [{ plugin: "signed.one" }] });
    const bundle = new Blob([await new Response(made).arrayBuffer()]);
    const elsewhere = await startOrganization();
    try {
      const first = await elsewhere.client.bundles.import(bundle);
      expect(first.packages).toMatchObject([{ plugin: "signed.one", trust: { state: "unsigned" } }]);
      const { status, body } = await elsewhere.stranger.call(
        "POST",
        "/api/orgs/other/bundles/import?trustKeys=true",
        formOf(bundle),
      );
      expect([status, body.code]).toEqual([403, "forbidden"]);
      const trusting = await elsewhere.client.bundles.import(bundle, { trustKeys: true });
      expect(trusting.packages).toMatchObject([{ plugin: "signed.one", trust: { state: "signed" } }]);
    } finally {
      await elsewhere.stop();
    }
  });

  it("is kept out by a policy that does not allow bundles, and by those who may not upload", async () => {
    const bytes = await bundleOf({ "in.good": Buffer.from(await makePackage(plugin("in.good", "1.0.0"))) });
    await owner.put("/api/orgs/default/policy", { sources: ["upload"] });
    expect(await imported(bytes)).toMatchObject({
      status: 403,
      body: { code: "policy_blocked", rule: "sources" },
    });
    await owner.put("/api/orgs/default/policy", {});
    const { stranger } = organization as TestOrganization;
    expect((await stranger.post("/api/orgs/default/bundles", null)).body.code).toBe("organization_not_found");
  });

  it("says what it cannot hold", async () => {
    await expect(client.bundles.create({ plugins: [{ plugin: "acme.gone" }] })).rejects.toMatchObject({
      code: "package_not_found",
    });
    const nothing = await runCli(["bundle", "install", join(folder, "none.tar")], {
      environment: environment(),
    });
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no file") });
    await writeFile(join(folder, "bad.tar"), "bad");
    const bad = await runCli(["bundle", "install", join(folder, "bad.tar"), "--yes"], {
      environment: environment(),
    });
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining("no whole bundle") });
  });
});

/** A bundle that says of these packages that they are version 1.0.0 of these plugins. */
const bundleOf = async (packages: Readonly<Record<string, Buffer>>, lock?: LockFileDto): Promise<Buffer> => {
  const { createHash } = await import("node:crypto");
  const { Readable } = await import("node:stream");
  const listed = Object.entries(packages).map(([id, content]) => ({
    plugin: id,
    version: "1.0.0",
    content,
    sizeBytes: content.length,
    digest: createHash("sha256").update(content).digest("hex"),
  }));
  const manifest: BundleManifestDto = {
    bundleVersion: 1,
    roots: listed.map(({ plugin: id, version }) => ({ plugin: id, version })),
    packages: listed.map(({ content: _content, ...one }) => one),
    ...(lock !== undefined && { lock }),
  };
  const open = async (digest: string) => {
    const { content = Buffer.alloc(0) } = listed.find((one) => one.digest === digest) ?? {};
    return { stream: Readable.from([content]), sizeBytes: content.length };
  };
  return await buffer(writeBundle(manifest, open));
};
