import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  contentDigest,
  digestsOf,
  generateKeyPair,
  readPackage,
  readPrivateKey,
  signPackage,
} from "@patchbay/artifact";
import { attest, BUILDER, newSigstore, SOURCE, statement } from "@patchbay/artifact/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePackage } from "./support/packages.ts";
import {
  acme,
  api,
  CATALOG,
  change,
  codeOf,
  data,
  enable,
  inFile,
  install,
  installedAndOn,
  PLUGINS,
  plain,
  refused,
  repacked,
  say,
  server,
  setUp,
  signed,
  sigstore,
  sql,
  start,
  stateOf,
  tearDown,
  upload,
} from "./support/signed-server.ts";

beforeAll(setUp);
afterAll(tearDown);

describe("a package that is brought", () => {
  it("is signed, or not, and says by which key", async () => {
    const whole = await upload(await signed({ id: "acme.whole" }));
    expect(whole.body.trust).toMatchObject({ state: "signed", publisher: "acme", keyId: acme.keyId });
    expect((await upload(await plain({ id: "acme.plain" }))).body.trust).toEqual({ state: "unsigned" });
    const stranger = await upload(await signed({ id: "acme.stranger", by: generateKeyPair() }));
    expect(stranger.body.trust).toMatchObject({ state: "unsigned", reason: expect.stringContaining("acme") });
    const foreign = await upload(await signed({ id: "other.plugin" }));
    expect(foreign.body.trust.state).toBe("unsigned");
  });

  it("is refused when a file is not the one that was signed, or there are more or fewer", async () => {
    const bytes = await signed({ id: "acme.changed" });
    const refusedFor = async (entry: string, edit: (files: Map<string, Buffer>) => void) => {
      const answer = await upload(await repacked(bytes, edit));
      expect(answer.body).toMatchObject({ status: 422, code: "package_modified", entry });
    };
    await refusedFor("plugin.js", (files) => files.set("plugin.js", Buffer.from(codeOf("evil"))));
    await refusedFor("more.js", (files) => files.set("more.js", Buffer.from("1")));
    const withFile = await repacked(bytes, () => undefined);
    expect((await upload(withFile)).status).toBe(201);
    await refusedFor("plugin.json", (files) => {
      const manifest = String(files.get("plugin.json")).replace("A plugin of the tests.", "Trust me.");
      files.set("plugin.json", Buffer.from(manifest));
    });
  });

  it("is refused with a signature that is none, that does not hold, or is that of an older version", async () => {
    const bytes = await signed({ id: "acme.replay", version: "1.0.0" });
    let old: Buffer = Buffer.alloc(0);
    await repacked(bytes, (files) => {
      old = files.get("signature.json") ?? old;
    });
    const next = await plain({ id: "acme.replay", version: "1.1.0" });
    const replayed = await repacked(next, (files) => files.set("signature.json", old));
    expect(await upload(replayed)).toEqual(refused("signature_mismatch"));
    const none = await repacked(next, (files) => files.set("signature.json", Buffer.from("{}")));
    expect(await upload(none)).toEqual(refused("signature_invalid"));
    // Another key signs and says that it is the known one.
    const forged = await repacked(
      await signed({ id: "acme.replay", version: "1.2.0", by: generateKeyPair() }),
      (files) => {
        const envelope = JSON.parse(String(files.get("signature.json")));
        envelope.signatures[0].keyid = acme.keyId;
        files.set("signature.json", Buffer.from(JSON.stringify(envelope)));
      },
    );
    expect(await upload(forged)).toEqual(refused("package_modified"));
  });
});

describe("where a package was built", () => {
  const withBundle = async (id: string, bundle: (content: string) => Promise<unknown>) => {
    const bytes = await signed({ id });
    await using opened = await readPackage(await inFile(bytes));
    const said = await bundle(contentDigest(await digestsOf(opened)));
    const content = Buffer.from(JSON.stringify(said));
    return await upload(await repacked(bytes, (files) => files.set("provenance.sigstore.json", content)));
  };

  it("is told when it is proven, and a statement that proves nothing is refused", async () => {
    const whole = await withBundle(
      "acme.built",
      async (content) => await attest(sigstore, statement(content)),
    );
    expect(whole.status, JSON.stringify(whole.body)).toBe(201);
    expect(whole.body.trust).toMatchObject({
      state: "signed",
      provenance: { source: SOURCE, builder: BUILDER, verifiedAt: expect.any(String) },
    });
    const stranger = await newSigstore();
    for (const bundle of [
      async () => ({}),
      async () => await attest(sigstore, statement("0".repeat(64))),
      async (content: string) => await attest(stranger, statement(content)),
    ])
      expect(await withBundle("acme.unproven", bundle)).toEqual(refused("provenance_invalid"));
  });
});

describe("what is changed from outside after it came in", () => {
  /** Each with what is changed in its row of the catalog. */
  const CHANGES: Readonly<Record<string, (id: string) => Promise<void>>> = {
    "acme.manifest-row": (id) =>
      change(id, "manifest = replace(manifest::text, 'A plugin of the tests.', 'Trust me.')::json"),
    "acme.digest-row": (id) => change(id, "digest = repeat('a', 64)"),
    "acme.script-row": (id) =>
      change(
        id,
        "script_digest = (select script_digest from packages where plugin_id = 'acme.evil' limit 1)",
      ),
    "acme.signature-row": (id) =>
      change(id, "signature = (select signature from packages where plugin_id = 'acme.evil' limit 1)"),
    "acme.unsigned-row": (id) => change(id, "signature = null"),
    "acme.source-row": (id) => change(id, "source = 'builtin', badge = 'builtin'"),
  };

  it("is neither installed nor enabled, and keeps nothing else from running", async () => {
    await installedAndOn({ id: "acme.untouched" });
    await upload(await signed({ id: "acme.evil", says: "evil" }));
    for (const [id, tamper] of Object.entries(CHANGES)) {
      await install({ id });
      const late = `${id}-late`;
      await upload(await signed({ id: late }));
      await tamper(id);
      await tamper(late);
      expect(await enable(id), id).toEqual(refused("package_modified"));
      const body = await stateOf(id);
      expect(body, id).toMatchObject({
        state: "error",
        lastError: { code: "package_modified" },
        trust: { state: "modified" },
      });
      expect(await api.post(PLUGINS, { plugin: late }), late).toEqual(refused("package_modified"));
      const shown = await api.get(`${CATALOG}/${late}/versions/1.0.0`);
      expect(shown.body.trust.state).toBe("modified");
    }
    expect((await say("acme.untouched")).body).toEqual({ output: "good" });
  });

  it("is not updated to: the version that serves goes on serving", async () => {
    await installedAndOn({ id: "acme.updated" });
    await upload(await signed({ id: "acme.updated", version: "1.1.0" }));
    await sql.query(
      `update packages set manifest = replace(manifest::text, 'A plugin', 'The plugin')::json
       where plugin_id = 'acme.updated' and version = '1.1.0'`,
    );
    expect(await api.post(`${PLUGINS}/acme.updated/update`, {})).toEqual(refused("package_modified"));
    expect(await stateOf("acme.updated")).toMatchObject({ state: "enabled", version: "1.0.0" });
    expect((await say("acme.updated")).body).toEqual({ output: "good" });
  });

  it("is not started again, and says so in the installation", async () => {
    const lazy = Object.entries(CHANGES).map(([id, tamper]) => [`${id}-lazy`, tamper] as const);
    for (const [id] of lazy) await installedAndOn({ id });
    await server.stop();
    for (const [id, tamper] of lazy) await tamper(id);
    await start();
    for (const [id] of lazy) {
      const answer = await say(id);
      expect(answer, id).toEqual(refused("package_modified"));
      expect(await stateOf(id), id).toMatchObject({
        state: "error",
        lastError: { code: "package_modified" },
      });
      expect(await api.post(`${PLUGINS}/${id}/retry`, {}), id).toEqual(refused("package_modified"));
    }
    expect((await say("acme.untouched")).body).toEqual({ output: "good" });
  });

  it("is found from its bytes when it came before there were seals", async () => {
    const rowOf = async (id: string) =>
      (await sql.query("select * from packages where plugin_id = $1", [id])).rows[0];
    await install({ id: "acme.early" });
    const before = await rowOf("acme.early");
    await change(
      "acme.early",
      "seal = null, signature = null, manifest = replace(manifest::text, 'tests', 'Tests')::json",
    );
    expect((await enable("acme.early")).status).toBe(200);
    expect(await rowOf("acme.early")).toEqual(before);
    await install({ id: "acme.early-other" });
    await change(
      "acme.early-other",
      "seal = null, digest = (select digest from packages where plugin_id = 'acme.evil')",
    );
    expect(await enable("acme.early-other")).toEqual(refused("package_modified"));
  });

  it("is put right again by bringing the same bytes", async () => {
    const bytes = await signed({ id: "acme.mended" });
    await upload(bytes);
    await api.post(PLUGINS, { plugin: "acme.mended" });
    await change("acme.mended", "manifest = replace(manifest::text, 'tests', 'Tests')::json");
    expect(await enable("acme.mended")).toEqual(refused("package_modified"));
    expect(await upload(bytes)).toMatchObject({ status: 200, body: { trust: { state: "signed" } } });
    expect((await api.post(`${PLUGINS}/acme.mended/retry`, {})).status).toBe(200);
  });

  it("shows no view either", async () => {
    const view = { name: "panel", place: "page", title: "Panel" };
    const path = await inFile(
      await makePackage({
        id: "acme.panel",
        code: "",
        manifest: {
          main: undefined,
          ui: "ui.js",
          permissions: { required: ["ui.page"] },
          contributes: { views: [view] },
        },
        files: { "ui.js": "export default () => null;" },
      }),
    );
    const privateKey = readPrivateKey(acme.privateKeyPem);
    await signPackage({ input: path, output: path, privateKey, signedAt: new Date() });
    const uploaded = await upload(await readFile(path));
    expect(uploaded.status, JSON.stringify(uploaded.body)).toBe(201);
    const installed = await api.post(PLUGINS, { plugin: "acme.panel", grants: ["ui.page"] });
    expect(installed.status, JSON.stringify(installed.body)).toBe(201);
    expect((await enable("acme.panel")).status).toBe(200);
    const views = async () =>
      (await api.get("/api/orgs/default/views")).body.items.map((one: { plugin: string }) => one.plugin);
    expect(await views()).toContain("acme.panel");
    await change("acme.panel", "ui_digest = repeat('a', 64)");
    expect(await views()).not.toContain("acme.panel");
    expect((await api.post(`${PLUGINS}/acme.panel/disable`, {})).status).toBe(200);
    expect(await enable("acme.panel")).toEqual(refused("package_modified"));
  });

  it("is not read where the bytes in the store are others", async () => {
    await install({ id: "acme.bytes", says: "bytes" });
    const { rows } = await sql.query("select script_digest from packages where plugin_id = 'acme.bytes'");
    const [path] = (await readdir(data, { recursive: true })).filter((one) =>
      one.endsWith(rows[0].script_digest),
    );
    const file = join(data, path ?? "");
    await writeFile(file, String(await readFile(file)).replace("bytes", "BYTES"));
    expect(await enable("acme.bytes")).toEqual(refused("artifact_corrupt"));
    expect((await stateOf("acme.bytes")).lastError.code).toBe("artifact_corrupt");
  });
});
