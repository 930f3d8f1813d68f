import { randomBytes, randomUUID } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  contentDigest,
  digestsOf,
  endorseKey,
  generateKeyPair,
  type PackageFile,
  readPackage,
  readPrivateKey,
  signPackage,
  writePackage,
} from "@patchbay/artifact";
import {
  attest,
  BUILDER,
  newSigstore,
  type SigstoreInstance,
  SOURCE,
  statement,
} from "@patchbay/artifact/testing";
import { createTrust } from "@patchbay/core";
import { LocalArtifactStore } from "@patchbay/storage-objects";
import { PostgresDatabase } from "@patchbay/storage-postgres";
import { startPostgresServer, type TestPostgresServer } from "@patchbay/storage-postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const SECRET = randomBytes(32);
const PLUGINS = "/api/orgs/default/plugins";
const CATALOG = "/api/orgs/default/catalog";
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

type Folder = Awaited<ReturnType<typeof temporaryFolder>>;
const folders: Folder[] = [];
let postgres: TestPostgresServer;
let sql: pg.Client;
let database: PostgresDatabase;
let trust: ReturnType<typeof createTrust>;
let server: TestServer;
let api: Api;
let sigstore: SigstoreInstance;
let work: string;
let data: string;
const acme = generateKeyPair();

const start = async () => {
  const environment = {
    PATCHBAY_DATABASE_URL: postgres.url,
    PATCHBAY_SECRET_KEY: SECRET.toString("base64"),
    PATCHBAY_SIGSTORE_TRUSTED_ROOT: join(work, "root.json"),
  };
  server = await startServer({ dataDir: data, environment });
  api = new Api(server.url);
};
const newFolder = async () => {
  const folder = await temporaryFolder();
  folders.push(folder);
  return folder.path;
};

beforeAll(async () => {
  const dir = await newFolder();
  work = await newFolder();
  data = await newFolder();
  sigstore = await newSigstore();
  await writeFile(join(work, "root.json"), sigstore.root);
  postgres = await startPostgresServer({ dir });
  await start();
  sql = new pg.Client({ connectionString: postgres.url });
  await sql.connect();
  database = await PostgresDatabase.connect({ connectionString: postgres.url }, SILENT);
  const world = {
    ...{ now: () => new Date(), newId: randomUUID, nodeId: "test", patchbayVersion: "1.0.0", log: SILENT },
  };
  const artifacts = await LocalArtifactStore.open(join(work, "artifacts"));
  trust = createTrust({ secretKeys: [SECRET], sigstoreRoot: null }, { database, artifacts, world });
  const { publicKey } = acme;
  const known = await api.post("/api/system/publishers", { publisher: "acme", publicKey });
  expect(known.status, JSON.stringify(known.body)).toBe(201);
});
afterAll(async () => {
  await sql?.end();
  await database?.close();
  await server?.stop();
  await postgres?.stop();
  for (const folder of folders) await folder.remove();
});

interface Made {
  readonly id: string;
  readonly version?: string;
  readonly by?: { readonly privateKeyPem: string };
  readonly signedAt?: string;
  readonly says?: string;
}
const codeOf = (says: string) =>
  `export default { tools: { say: { description: "s", run: () => ${JSON.stringify(says)} } } };`;
const plain = ({ id, version = "1.0.0", says = "good" }: Made) =>
  makePackage({ id, version, code: codeOf(says), tools: ["say"] });
const inFile = async (bytes: Uint8Array): Promise<string> => {
  const path = join(work, `${randomUUID()}.zip`);
  await writeFile(path, bytes);
  return path;
};
/** A package with a signature, as bytes. */
const signed = async (made: Made): Promise<Buffer> => {
  const path = await inFile(await plain(made));
  const privateKey = readPrivateKey((made.by ?? acme).privateKeyPem);
  await signPackage({
    input: path,
    output: path,
    privateKey,
    signedAt: new Date(made.signedAt ?? Date.now()),
  });
  return await readFile(path);
};
/** The files of a package, changed, as a package. */
const repacked = async (bytes: Uint8Array, change: (files: Map<string, Buffer>) => void): Promise<Buffer> => {
  const output = join(work, `${randomUUID()}.zip`);
  const files = new Map<string, Buffer>();
  await using opened = await readPackage(await inFile(bytes));
  for (const { path } of opened.entries) files.set(path, await opened.readEntry(path));
  change(files);
  await writePackage({
    files: [...files].map(([path, content]): PackageFile => ({ path, content })),
    output,
  });
  return await readFile(output);
};
const upload = async (bytes: Uint8Array): Promise<Answer> =>
  await api.upload("/api/orgs/default/uploads", bytes);
const refused = (code: string) => expect.objectContaining({ body: expect.objectContaining({ code }) });

const install = async (made: Made) => {
  const uploaded = await upload(await signed(made));
  expect(uploaded.status, JSON.stringify(uploaded.body)).toBe(201);
  const installed = await api.post(PLUGINS, { plugin: made.id });
  expect(installed.status, JSON.stringify(installed.body)).toBe(201);
};
const enable = (id: string) => api.post(`${PLUGINS}/${id}/enable`, {});
const installedAndOn = async (made: Made) => {
  await install(made);
  expect((await enable(made.id)).status).toBe(200);
};
const say = (id: string) => api.post(`/api/orgs/default/tools/${id}/say`, { input: {} });
const stateOf = async (id: string) => (await api.get(`${PLUGINS}/${id}`)).body;
const change = async (id: string, set: string, ...values: unknown[]) => {
  const { rowCount } = await sql.query(`update packages set ${set} where plugin_id = $1`, [id, ...values]);
  expect(rowCount).toBeGreaterThan(0);
};

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
        ...{ id: "acme.panel", code: "" },
        manifest: {
          ...{ main: undefined, ui: "ui.js", permissions: { required: ["ui.page"] } },
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

describe("the keys of a publisher", () => {
  const keyOf = (pair: { keyId: string; publicKey: string }, more: object = {}) => ({
    ...{ keyId: pair.keyId, publicKey: pair.publicKey, createdAt: "2026-01-01T00:00:00Z" },
    ...more,
  });
  const learn = (publisher: string, ...keys: ReturnType<typeof keyOf>[]) =>
    trust.publisherKeys.learn(
      { publisher, name: publisher, proofs: [], keys, packages: [] },
      "https://market.example",
    );
  const changed = expect.objectContaining({ code: "publisher_key_changed" });
  const revoked = (reason: string, at = "2026-02-01T00:00:00Z") => ({ revoked: { at, reason } });
  const stateAfter = async (id: string, state: string) =>
    await expect.poll(async () => (await stateOf(id)).trust.state).toBe(state);

  it("are pinned: another one counts only with the word of one that is known", async () => {
    const [first, second, third, evil] = [1, 2, 3, 4].map(() => generateKeyPair()) as [
      typeof acme,
      typeof acme,
      typeof acme,
      typeof acme,
    ];
    await learn("pinned", keyOf(first));
    await learn("pinned", keyOf(first));
    await expect(learn("pinned", keyOf(evil))).rejects.toEqual(changed);
    const own = endorseKey("pinned", evil, readPrivateKey(evil.privateKeyPem));
    await expect(learn("pinned", keyOf(evil, { endorsement: own }))).rejects.toEqual(changed);
    const elsewhere = endorseKey("other", second, readPrivateKey(first.privateKeyPem));
    await expect(learn("pinned", keyOf(second, { endorsement: elsewhere }))).rejects.toEqual(changed);
    const word = (to: typeof acme, by: typeof acme) => ({
      endorsement: endorseKey("pinned", to, readPrivateKey(by.privateKeyPem)),
    });
    await learn("pinned", keyOf(third, word(third, second)), keyOf(second, word(second, first)));
    const { body } = await api.get("/api/system/publishers");
    const known = body.items.filter((one: { publisher: string }) => one.publisher === "pinned");
    expect(known.map((one: { keyId: string }) => one.keyId)).toEqual([
      first.keyId,
      second.keyId,
      third.keyId,
    ]);
    await expect(learn("pinned", keyOf(evil), keyOf(third, revoked("compromised")))).rejects.toEqual(changed);
    const fourth = generateKeyPair();
    await expect(learn("pinned", keyOf(fourth, word(fourth, third)))).rejects.toEqual(changed);
    const removed = await api.delete("/api/system/publishers/pinned");
    expect(removed.status).toBe(204);
    expect(await api.delete("/api/system/publishers/pinned")).toEqual(refused("publisher_unknown"));
    await learn("pinned", keyOf(evil));
  });

  it("make packages unsigned when nobody knows them, and signed as soon as somebody does", async () => {
    const pair = generateKeyPair();
    await install({ id: "later.plugin", by: pair });
    expect((await stateOf("later.plugin")).trust.state).toBe("unsigned");
    await learn("later", keyOf(pair));
    await stateAfter("later.plugin", "signed");
  });

  it("that were swapped in the database are not believed", async () => {
    const pair = generateKeyPair();
    const evil = generateKeyPair();
    await learn("swapped", keyOf(pair));
    await install({ id: "swapped.plugin", by: pair });
    await sql.query("update publisher_keys set public_key = $1, key_id = $2 where publisher = 'swapped'", [
      evil.publicKey,
      evil.keyId,
    ]);
    await expect
      .poll(async () => await upload(await signed({ id: "swapped.evil", by: evil })))
      .toEqual(refused("package_modified"));
    expect((await stateOf("swapped.plugin")).trust.state).toBe("unsigned");
  });

  it("take all that they ever signed with them when they are compromised, for good", async () => {
    const pair = generateKeyPair();
    await learn("leaky", keyOf(pair));
    await installedAndOn({ id: "leaky.plugin", by: pair, signedAt: "2026-01-02T00:00:00Z" });
    await install({ id: "leaky.off", by: pair });
    await learn("leaky", keyOf(pair, revoked("compromised")));
    // It runs: it is ended.
    await expect
      .poll(async () => await stateOf("leaky.plugin"))
      .toMatchObject({ state: "error", lastError: { code: "signature_revoked" } });
    await expect
      .poll(async () => (await api.get(`${PLUGINS}/leaky.plugin/instances`)).body.items)
      .toEqual([]);
    await learn("leaky", keyOf(pair));
    await stateAfter("leaky.plugin", "revoked");
    expect(await enable("leaky.off")).toEqual(refused("signature_revoked"));
    expect(await upload(await signed({ id: "leaky.more", by: pair }))).toEqual(refused("signature_revoked"));
    await server.stop();
    await sql.query(
      "update publisher_keys set revoked_at = null, revoked_reason = null where publisher = 'leaky'",
    );
    await start();
    // That it was not revoked after all, only the database says.
    expect(await api.post(`${PLUGINS}/leaky.plugin/retry`, {})).toEqual(refused("package_modified"));
  });

  it("leave what they signed before they were superseded as it is", async () => {
    const pair = generateKeyPair();
    await learn("old", keyOf(pair));
    await installedAndOn({ id: "old.before", by: pair, signedAt: "2026-01-31T00:00:00Z" });
    await install({ id: "old.after", by: pair, signedAt: "2026-02-02T00:00:00Z" });
    await learn("old", keyOf(pair, revoked("superseded")));
    await stateAfter("old.after", "revoked");
    expect(await enable("old.after")).toEqual(refused("signature_revoked"));
    expect((await stateOf("old.before")).trust.state).toBe("signed");
    await server.stop();
    await start();
    expect((await say("old.before")).body).toEqual({ output: "good" });
  });
});

describe("a policy that wants signatures", () => {
  it("keeps unsigned packages from being installed, enabled and updated to", async () => {
    await upload(await plain({ id: "acme.bare" }));
    await api.post(PLUGINS, { plugin: "acme.bare" });
    await upload(await plain({ id: "acme.bare-too" }));
    await installedAndOn({ id: "acme.good" });
    await upload(await plain({ id: "acme.good", version: "1.1.0" }));
    const policy = await api.put("/api/orgs/default/policy", { signatures: "required" });
    expect(policy.status).toBe(200);
    expect(policy.body.violations).toContainEqual(
      expect.objectContaining({ plugin: "acme.bare", rule: "signatures" }),
    );
    expect(policy.body.violations.map((one: { plugin: string }) => one.plugin)).not.toContain("acme.good");
    const blocked = expect.objectContaining({
      status: 403,
      body: expect.objectContaining({ code: "policy_blocked", rule: "signatures" }),
    });
    expect(await enable("acme.bare")).toEqual(blocked);
    expect(await api.post(PLUGINS, { plugin: "acme.bare-too" })).toEqual(blocked);
    expect(await api.post(`${PLUGINS}/acme.good/update`, {})).toEqual(blocked);
    await api.put("/api/orgs/default/policy", {});
    expect((await enable("acme.bare")).status).toBe(200);
  });
});
