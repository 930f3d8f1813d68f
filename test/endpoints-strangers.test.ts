import { once } from "node:events";
import { type ClientRequest, request } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { installEndpointPlugin, makeAddress } from "./support/endpoint-plugin.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";
import { signedHeaders } from "./support/signed-messages.ts";

/** More than an address takes at once. */
const STRANGERS = 300;
/** As many as one network may have under way at an address. */
const OF_NETWORK = 64;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_TRUSTED_PROXIES: "127.0.0.1" },
  });
  api = new Api(server.url);
  await installEndpointPlugin(api);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** Begins to send something to an address, from a network of its own, and does not go on. */
const beginFrom = async (url: string, network: number): Promise<ClientRequest> => {
  const headers = {
    ...signedHeaders("whsec_AAAA", `stranger-${network}`, ""),
    "x-forwarded-for": `198.18.${network % 250}.${Math.floor(network / 250) + 1}`,
    "content-length": "1000",
  };
  const begun = request(url, { method: "POST", headers });
  begun.on("error", () => undefined);
  begun.write("{");
  await once(begun, "socket");
  return begun;
};

const deliver = (url: string, secret: string, id: string) =>
  fetch(url, {
    method: "POST",
    body: "{}",
    headers: { ...signedHeaders(secret, id, "{}"), "x-forwarded-for": "203.0.113.7" },
  });

it("Strangers who send without an end are in the way of nobody who signs", async () => {
  const { url, secret } = await makeAddress(api, "signed", { perMinute: 10_000 });
  const begun = await Promise.all(Array.from({ length: STRANGERS }, (_, index) => beginFrom(url, index)));
  try {
    for (let round = 0; round < 5; round += 1)
      expect((await deliver(url, secret, `msg-${round}`)).status).toBe(202);
  } finally {
    for (const one of begun) one.destroy();
  }
});

it("One network has a share of an address, and others go on", async () => {
  const { url, secret } = await makeAddress(api, "signed");
  const begun = await Promise.all(Array.from({ length: OF_NETWORK }, () => beginFrom(url, 0)));
  try {
    const asOthers = async () =>
      (await fetch(url, { method: "POST", body: "{}", headers: { "x-forwarded-for": "198.18.0.1" } })).status;
    await expect.poll(asOthers).toBe(429);
    expect((await deliver(url, secret, "msg")).status).toBe(202);
  } finally {
    for (const one of begun) one.destroy();
  }
});
