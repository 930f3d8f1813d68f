import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { codeOf } from "../../runtime/src/testing/outcomes.ts";
import { HttpClient, type HttpRequest } from "./http-client.ts";
import { echo, TestServer } from "./testing/test-server.ts";

const server = new TestServer();
const clients: HttpClient[] = [];
beforeAll(() => server.listen());
afterAll(() => server.close());
afterEach(async () => {
  server.handler = echo;
  for (const client of clients.splice(0)) await client.close();
});

const ask = async (host: string, request: Partial<HttpRequest> = {}, allowPrivate: string[] = []) => {
  const lookup = async () => [{ address: "127.0.0.1", family: 4 }];
  const client = new HttpClient({ lookup, allowPrivate });
  clients.push(client);
  const signal = AbortSignal.timeout(5_000);
  const answer = await client.request(new URL(`http://${host}:${server.port}/`), { signal, ...request });
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return { ...answer, text: Buffer.concat(chunks).toString() };
};

describe("a request of the server itself", () => {
  it("goes wherever the operator's addresses lead", async () => {
    expect((await ask("market.test")).status).toBe(200);
    expect((await ask("127.0.0.1")).status).toBe(200);
  });

  it.each(["market.test", "127.0.0.1"])(
    "to an address that another server gave keeps out of the own network: %s",
    async (host) => {
      expect(await codeOf(ask(host, { onlyPublic: true }))).toBe("fetch_refused");
      expect((await ask(host, { onlyPublic: true }, ["127.0.0.0/8"])).status).toBe(200);
    },
  );

  it("asks for codings with small decoders, and undoes them", async () => {
    server.handler = (request, response) => {
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync(String(request.headers["accept-encoding"])));
    };
    const { text, headers } = await ask("market.test");
    expect(text).toBe("gzip, deflate");
    expect(headers.get("content-encoding")).toBeNull();
  });

  it("does not decode what nobody asked for", async () => {
    server.handler = (_request, response) => {
      response.setHeader("content-encoding", "br");
      response.end(brotliCompressSync("hello"));
    };
    await expect(ask("market.test")).rejects.toThrow(/in the coding "br", for which nobody asked/);
  });
});
