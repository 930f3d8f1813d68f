import { randomBytes, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  generateKeyPair,
  type PackageFile,
  readPackage,
  readPrivateKey,
  signPackage,
  writePackage,
} from "@patchbay/artifact";
import { newSigstore, type SigstoreInstance } from "@patchbay/artifact/testing";
import { createTrust } from "@patchbay/core";
import { LocalArtifactStore } from "@patchbay/storage-objects";
import { PostgresDatabase } from "@patchbay/storage-postgres";
import { startPostgresServer, type TestPostgresServer } from "@patchbay/storage-postgres/testing";
import pg from "pg";
import { expect } from "vitest";
import { type Answer, Api } from "./api.ts";
import { makePackage } from "./packages.ts";
import { startServer, type TestServer, temporaryFolder } from "./server.ts";

/** A server on a database that a test can reach into, with a publisher whose key is known. One for each file of tests. */

const SECRET = randomBytes(32);
export const PLUGINS = "/api/orgs/default/plugins";
export const CATALOG = "/api/orgs/default/catalog";
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

type Folder = Awaited<ReturnType<typeof temporaryFolder>>;
const folders: Folder[] = [];
export let postgres: TestPostgresServer;
export let sql: pg.Client;
export let database: PostgresDatabase;
export let trust: ReturnType<typeof createTrust>;
export let server: TestServer;
export let api: Api;
export let sigstore: SigstoreInstance;
export let work: string;
export let data: string;
export const acme = generateKeyPair();

export const start = async () => {
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

/** To be called first. */
export const setUp = async (): Promise<void> => {
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
    now: () => new Date(),
    newId: randomUUID,
    nodeId: "test",
    patchbayVersion: "1.0.0",
    log: SILENT,
  };
  const artifacts = await LocalArtifactStore.open(join(work, "artifacts"));
  trust = createTrust({ secretKeys: [SECRET], sigstoreRoot: null }, { database, artifacts, world });
  const { publicKey } = acme;
  const known = await api.post("/api/system/publishers", { publisher: "acme", publicKey });
  expect(known.status, JSON.stringify(known.body)).toBe(201);
};
export const tearDown = async (): Promise<void> => {
  await sql?.end();
  await database?.close();
  await server?.stop();
  await postgres?.stop();
  for (const folder of folders) await folder.remove();
};

interface Made {
  readonly id: string;
  readonly version?: string;
  readonly by?: { readonly privateKeyPem: string };
  readonly signedAt?: string;
  readonly says?: string;
}
export const codeOf = (says: string) =>
  `export default { tools: { say: { description: "s", run: () => ${JSON.stringify(says)} } } };`;
export const plain = ({ id, version = "1.0.0", says = "good" }: Made) =>
  makePackage({ id, version, code: codeOf(says), tools: ["say"] });
export const inFile = async (bytes: Uint8Array): Promise<string> => {
  const path = join(work, `${randomUUID()}.zip`);
  await writeFile(path, bytes);
  return path;
};
/** A package with a signature, as bytes. */
export const signed = async (made: Made): Promise<Buffer> => {
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
export const repacked = async (
  bytes: Uint8Array,
  change: (files: Map<string, Buffer>) => void,
): Promise<Buffer> => {
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
export const upload = async (bytes: Uint8Array): Promise<Answer> =>
  await api.upload("/api/orgs/default/uploads", bytes);
export const refused = (code: string) => expect.objectContaining({ body: expect.objectContaining({ code }) });

export const install = async (made: Made) => {
  const uploaded = await upload(await signed(made));
  expect(uploaded.status, JSON.stringify(uploaded.body)).toBe(201);
  const installed = await api.post(PLUGINS, { plugin: made.id });
  expect(installed.status, JSON.stringify(installed.body)).toBe(201);
};
export const enable = (id: string) => api.post(`${PLUGINS}/${id}/enable`, {});
export const installedAndOn = async (made: Made) => {
  await install(made);
  expect((await enable(made.id)).status).toBe(200);
};
export const say = (id: string) => api.post(`/api/orgs/default/tools/${id}/say`, { input: {} });
export const stateOf = async (id: string) => (await api.get(`${PLUGINS}/${id}`)).body;
export const change = async (id: string, set: string, ...values: unknown[]) => {
  const { rowCount } = await sql.query(`update packages set ${set} where plugin_id = $1`, [id, ...values]);
  expect(rowCount).toBeGreaterThan(0);
};
