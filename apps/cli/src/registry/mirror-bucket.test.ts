import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MirrorBucket } from "./mirror-bucket.ts";

let silent: Server;
const connections = new Set<Socket>();
beforeAll(async () => {
  silent = createServer((socket) => connections.add(socket));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  for (const socket of connections) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});

it("gives up on an S3 server that accepts connections and says nothing", async () => {
  const environment = {
    PATCHBAY_S3_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    PATCHBAY_S3_ACCESS_KEY_ID: "key",
    PATCHBAY_S3_SECRET_ACCESS_KEY: "secret",
  };
  const bucket = await MirrorBucket.open("s3://mirror", environment, { connectMs: 200, idleMs: 200 });
  await expect(bucket.write("index.json", Buffer.from("{}"))).rejects.toMatchObject({
    code: "artifact_store_unavailable",
  });
  await expect(bucket.has("index.json", "0".repeat(64), 2)).rejects.toMatchObject({
    code: "artifact_store_unavailable",
  });
  expect(connections.size).toBeGreaterThan(1); // it was asked again
});
