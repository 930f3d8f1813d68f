import { once } from "node:events";
import { type ClientRequest, request } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { installEndpointPlugin, makeAddress } from "./support/endpoint-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { signedHeaders } from "./support/signed-messages.ts";

/** More than an address takes at once. */
const STRANGERS = 300;
/** What of a signed message is held at most, and so many of them that they are more than is held of all strangers. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
const LARGE_NETWORKS = 5;
const LARGE_OF_NETWORK = 16;
/** As many as one network may have under way at an address. */
const OF_NETWORK = 64;

let parts: TestOrganization;

beforeAll(async () => {
  parts = await startOrganization({ PATCHBAY_TRUSTED_PROXIES: "127.0.0.1" });
  await installEndpointPlugin(parts.owner);
});
afterAll(async () => await parts?.stop());

/** Begins to send a body to an address, from a network of its own, and does not go on. Comes back when the server wants the rest. */
const beginFrom = async (url: string, network: number, body = "{"): Promise<ClientRequest> => {
  const headers = {
    ...signedHeaders("whsec_AAAA", `stranger-${network}`, ""),
    "x-forwarded-for": `198.18.${network % 250}.${Math.floor(network / 250) + 1}`,
    "content-length": String(body.length + 1),
    expect: "100-continue",
  };
  const begun = request(url, { method: "POST", headers });
  begun.on("error", () => undefined);
  begun.flushHeaders();
  await once(begun, "continue");
  begun.write(body);
  return begun;
};

/** More than strangers can leave of what is held of them. */
const BODY = JSON.stringify({ text: "x".repeat(10_000) });
const deliver = (url: string, secret: string, id: string, network = "203.0.113.7") =>
  fetch(url, {
    method: "POST",
    body: BODY,
    headers: { ...signedHeaders(secret, id, BODY), "x-forwarded-for": network },
  });

it("Strangers who send without an end are in the way of nobody who signs", async () => {
  const { url, secret } = await makeAddress(parts.owner, "signed", { perMinute: 10_000 });
  const begun = await Promise.all(Array.from({ length: STRANGERS }, (_, index) => beginFrom(url, index)));
  try {
    for (let round = 0; round < 5; round += 1)
      expect((await deliver(url, secret, `msg-${round}`)).status).toBe(202);
  } finally {
    for (const one of begun) one.destroy();
  }
});

it("One network has a share of an address, and others go on", async () => {
  const { url, secret } = await makeAddress(parts.owner, "signed");
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

it("Strangers who send much without an end take no memory of networks that have signed before", async () => {
  const { url, secret } = await makeAddress(parts.owner, "signed");
  expect((await deliver(url, secret, "before")).status).toBe(202);
  const large = "x".repeat(MAX_MESSAGE_BYTES - 1);
  const begun = await Promise.all(
    Array.from({ length: LARGE_NETWORKS * LARGE_OF_NETWORK }, (_, index) =>
      beginFrom(url, index % LARGE_NETWORKS, large),
    ),
  );
  try {
    let asked = 0;
    const asNewcomer = async () => {
      asked += 1;
      return (await deliver(url, secret, `new-${asked}`, `192.0.2.${asked}`)).status;
    };
    await expect.poll(asNewcomer).toBe(503);
    expect((await deliver(url, secret, "after")).status).toBe(202);
  } finally {
    for (const one of begun) one.destroy();
  }
});
