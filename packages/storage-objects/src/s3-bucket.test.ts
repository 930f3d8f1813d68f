import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "./artifact-store.contract.ts";
import { LocalArtifactStore } from "./local-artifact-store.ts";
import { S3ArtifactStore } from "./s3-artifact-store.ts";
import { S3Bucket } from "./s3-bucket.ts";

const TIMES = { connectMs: 300, requestMs: 800, idleMs: 300, transferMs: 1_000 };
const BYTES = randomBytes(1_000);
const DIGEST = digestOf(BYTES);
const LISTING = "<ListBucketResult><Name>artifacts</Name><IsTruncated>false</IsTruncated></ListBucketResult>";

/** Answers every GET of an object with `respond`, and everything else as a bucket without objects. */
const startLiar = async (respond: (response: ServerResponse) => void, listing = LISTING) => {
  const server = createServer((request, response) => {
    if (request.url?.includes("sha256") === true) respond(response);
    else response.writeHead(200, { "content-type": "application/xml" }).end(listing);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const UNAVAILABLE = "artifact_store_unavailable";
const CORRUPT = "artifact_corrupt";
const LIES: readonly [name: string, code: string, respond: (response: ServerResponse) => void][] = [
  ["never answers", UNAVAILABLE, () => undefined],
  ["closes the connection at once", UNAVAILABLE, (response) => response.destroy()],
  [
    "breaks off halfway",
    UNAVAILABLE,
    (response) => {
      response.writeHead(200, { "content-length": BYTES.length });
      response.write(BYTES.subarray(0, 500), () => response.destroy());
    },
  ],
  [
    "stops halfway and keeps the connection",
    UNAVAILABLE,
    (response) => {
      response.writeHead(200, { "content-length": BYTES.length });
      response.write(BYTES.subarray(0, 500));
    },
  ],
  [
    "sends a byte now and then",
    UNAVAILABLE,
    (response) => {
      response.writeHead(200, { "content-length": BYTES.length });
      const timer = setInterval(() => response.write("x"), 100);
      response.once("close", () => clearInterval(timer));
    },
  ],
  [
    "announces more than any artifact has",
    CORRUPT,
    (response) => response.writeHead(200, { "content-length": 10 ** 12 }).write("x"),
  ],
  [
    "sends without end and without saying how much",
    CORRUPT,
    (response) => response.writeHead(200).write(BYTES),
  ],
  ["sends fewer bytes", CORRUPT, (response) => response.writeHead(200).end(BYTES.subarray(1))],
  [
    "sends other bytes of the same size",
    CORRUPT,
    (response) => {
      response.writeHead(200, { "content-length": BYTES.length }).end(Buffer.alloc(BYTES.length));
    },
  ],
  ["fails", UNAVAILABLE, (response) => response.writeHead(500).end("oops")],
  ["is overloaded", UNAVAILABLE, (response) => response.writeHead(503).end(errorXml("SlowDown"))],
  ["forbids", "artifact_store_refused", (response) => response.writeHead(403).end(errorXml("AccessDenied"))],
  [
    "has lost the object",
    "artifact_missing",
    (response) => response.writeHead(404).end(errorXml("NoSuchKey")),
  ],
  [
    "has lost the bucket",
    "artifact_store_refused",
    (response) => response.writeHead(404).end(errorXml("NoSuchBucket")),
  ],
];

const errorXml = (code: string): string => `<Error><Code>${code}</Code><Message>No.</Message></Error>`;

describe("a store in S3", () => {
  let folder: string;
  let close: () => Promise<void> = async () => undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  });
  afterEach(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  const openStore = async (endpoint: string) => {
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    const settings = {
      bucket: "artifacts",
      endpoint,
      region: "us-east-1",
      credentials,
      forcePathStyle: true,
    };
    const local = await LocalArtifactStore.open(folder);
    return { local, store: new S3ArtifactStore(await S3Bucket.open(settings, TIMES), local) };
  };

  it.each(LIES)("whose server %s answers with %s, in time, keeping nothing", async (_name, code, respond) => {
    const liar = await startLiar(respond);
    close = liar.close;
    const { store, local } = await openStore(liar.endpoint);
    await store.attach();
    const kept = randomBytes(10);
    await local.put(digestOf(kept), kept);
    const failure = await store.read(DIGEST).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(String(failure)).not.toContain("127.0.0.1");
    expect(readdirSync(join(folder, "unfinished"))).toEqual([]);
    expect(await local.has(DIGEST)).toBe(false);
    expect((await store.read(digestOf(kept))).equals(kept)).toBe(true);
  });

  it("is not attached to a server that is down, or that is none of S3's", async () => {
    const down = await startLiar(() => undefined);
    await down.close();
    const { store } = await openStore(down.endpoint);
    await expect(store.attach()).rejects.toMatchObject({ code: UNAVAILABLE });
    expect(store.isAttached).toBe(false);
    for (const page of ["<html><body>Welcome</body></html>", "Welcome", ""]) {
      const website = await startLiar(() => undefined, page);
      const { store: other } = await openStore(website.endpoint);
      const refusal = await other.attach().catch((error: unknown) => error);
      expect(refusal, page).toMatchObject({ code: expect.stringMatching(/^artifact_store_/) });
      expect(other.isAttached).toBe(false);
      await website.close();
    }
  });
});
