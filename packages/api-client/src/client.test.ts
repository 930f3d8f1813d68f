import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PatchbayError } from "@patchbay/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { PatchbayClient } from "./client.ts";
import { follow } from "./follow.ts";
import { Transport } from "./transport.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const serve = async (handler: Handler): Promise<string> => {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const problem = (response: ServerResponse, status: number, code: string) =>
  response
    .writeHead(status, { "content-type": "application/problem+json" })
    .end(JSON.stringify({ code, status, detail: "As it is.", missing: ["x"] }));

describe("the client", () => {
  it("sends a key when it has one, and leaves it to the browser's cookie otherwise", async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end(JSON.stringify({ items: [] }));
    });
    await new PatchbayClient({ url, apiKey: "pb_x" }).plugins.list();
    await new PatchbayClient({ url }).in("acme").plugins.list();
    expect(seen).toEqual(["Bearer pb_x", undefined]);
  });

  it("knows where a browser goes to sign in through the provider, and to where it comes back", async () => {
    const url = await serve((request, response) => response.end(JSON.stringify({ path: request.url })));
    const { auth } = new PatchbayClient({ url });
    expect(await auth.providers()).toEqual({ path: "/api/auth/providers" });
    expect(auth.oidcUrl()).toBe(`${url}/api/auth/oidc?returnTo=%2F`);
    expect(new URL(auth.oidcUrl("/a?b=1&c#d")).searchParams.get("returnTo")).toBe("/a?b=1&c#d");
  });

  it("throws the server's code with its facts, unavailable without a server, and cancelled when given up", async () => {
    const url = await serve((request, response) => {
      if (request.url?.endsWith("/slow/grants") !== true) problem(response, 409, "grants_required");
    });
    const client = new PatchbayClient({ url });
    const refused = await client.plugins.update("a.b").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PatchbayError);
    expect(refused).toMatchObject({ code: "grants_required", status: 409, facts: { missing: ["x"] } });
    const nobody = new PatchbayClient({ url: "http://127.0.0.1:9" });
    await expect(nobody.auth.me()).rejects.toMatchObject({ code: "unavailable" });
    const giveUp = new AbortController();
    const waiting = client.until(giveUp.signal).plugins.grants("slow");
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("what several people change", () => {
  it("is read with its revision, which a change sends back when it is told to", async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.method} ${request.url?.split("/").at(-1)} ${request.headers["if-match"] ?? "-"}`);
      response.writeHead(200, request.url?.endsWith("/scope") ? {} : { etag: '"r1"' }).end("{}");
    });
    const { plugins, policy, updates } = new PatchbayClient({ url });
    for (const read of [plugins.settings("a.b"), plugins.grants("a.b"), policy.get(), updates.rules()])
      expect(await read).toEqual({ revision: '"r1"' });
    expect(await plugins.scope("a.b")).toEqual({}); // something on the way has dropped it
    seen.length = 0;
    await plugins.putSettings("a.b", {}, undefined, '"r1"');
    await plugins.resetSettings("a.b", undefined, '"r1"');
    await plugins.putGrants("a.b", [], '"r1"');
    await plugins.putScope("a.b", { projects: "all" }, '"r1"');
    await policy.put({}, '"r1"');
    await updates.putRules({}, '"r1"');
    await updates.putRules({});
    expect(seen).toEqual([
      'PUT settings "r1"',
      'DELETE settings "r1"',
      'PUT grants "r1"',
      'PUT scope "r1"',
      'PUT policy "r1"',
      'PUT auto-update "r1"',
      "PUT auto-update -",
    ]);
  });
});

describe("an upload", () => {
  it("arrives whole, and says how much of it has left", async () => {
    const url = await serve((request, response) => {
      let bytes = 0;
      request.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on("end", () => response.end(JSON.stringify({ bytes, type: request.headers["content-type"] })));
    });
    const sent: number[] = [];
    const zip = new Blob([new Uint8Array(3_000_000)]);
    const answer = await new PatchbayClient({ url }).catalog.upload(zip, (bytes) => sent.push(bytes));
    expect(answer).toMatchObject({
      bytes: sent.at(-1),
      type: expect.stringMatching(/^multipart\/form-data; boundary=/),
    });
    expect(sent.at(-1)).toBeGreaterThan(zip.size);
    expect(sent.length).toBeGreaterThan(1);
    expect(sent).toEqual(sent.toSorted((a, b) => a - b));
  });
});

describe("a stream that is followed", () => {
  it("goes on after a broken connection from the last event, and ends when its reader is refused", async () => {
    const resumed: unknown[] = [];
    const url = await serve((request, response) => {
      resumed.push(request.headers["last-event-id"]);
      if (resumed.length === 3) {
        problem(response, 401, "unauthenticated");
        return;
      }
      const id = resumed.length;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`: comment\n\nevent: line\nid: ${id}\ndata: {"n":${id}}\n\n`, () => response.destroy());
    });
    const states: string[] = [];
    const seen: unknown[] = [];
    const reading = (async () => {
      const options = { onState: (state: string) => states.push(state) };
      for await (const { data } of follow(new Transport({ url }), "/x", {}, options)) seen.push(data);
    })();
    await expect(reading).rejects.toMatchObject({ code: "unauthenticated" });
    expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
    expect(resumed).toEqual([undefined, "1", "2"]);
    expect(states).toEqual(["open", "lost", "open", "lost"]);
  });

  it("ends without an error when it is aborted", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("event: line\ndata: 1\n\n");
    });
    const stop = new AbortController();
    const seen: unknown[] = [];
    for await (const { data } of follow(new Transport({ url }), "/x", {}, { signal: stop.signal })) {
      seen.push(data);
      stop.abort();
    }
    expect(seen).toEqual([1]);
  });
});
