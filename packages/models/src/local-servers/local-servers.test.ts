import { gzipSync } from "node:zlib";
import { HttpClient } from "@patchbay/egress";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { listOf, PRODUCTS, type Sayings, startLocalProduct } from "../testing/local-product.ts";
import { LocalServers } from "./local-servers.ts";

const client = new HttpClient();
const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(() => client.close());

const start = async (sayings: Sayings, host?: string, port?: number) => {
  const product = await startLocalProduct(sayings, host, port);
  running.push(product);
  return product;
};

/** What is found where this is said, and how long that took in ms. */
const foundAt = async (sayings: Sayings) => {
  const { port, asked } = await start(sayings);
  const startedAt = performance.now();
  const { servers } = await new LocalServers(client, [port]).look();
  return { servers, asked, ms: performance.now() - startedAt };
};

const NOT_JSON = (_: unknown, response: { end(text: string): void }) => response.end("<html>Hello</html>");

describe("a model server of this machine", () => {
  it.each(Object.entries(PRODUCTS))(
    "is told by what it says, whatever its port: %s",
    async (name, sayings) => {
      const { servers, asked } = await foundAt(sayings);
      const names = sayings["/v1/models"].data.map(({ id }) => id);
      expect(servers).toMatchObject([{ server: name, models: names, modelCount: names.length }]);
      for (const { headers, method } of asked) {
        expect(method).toBe("GET");
        expect(Object.keys(headers).sort()).toEqual(["accept-encoding", "connection", "host"]);
      }
    },
  );

  it("says its version where it says one", async () => {
    const versionOf = async (sayings: Sayings) => (await foundAt(sayings)).servers[0]?.version;
    expect(await versionOf(PRODUCTS.ollama)).toBe("0.9.0");
    expect(await versionOf(PRODUCTS.vllm)).toBe("0.11.0");
    expect(await versionOf({ ...PRODUCTS.vllm, "/version": { version: "<b>1\u202e</b>" } })).toBeUndefined();
    expect(await versionOf(PRODUCTS.lmstudio)).toBeUndefined();
  });

  it("is none when it says that it is something else, or nothing", async () => {
    const others: Sayings[] = [
      {},
      { "/v1/models": listOf(["llama"], "llamacpp") },
      { "/api/version": { version: "0.9.0" } },
      { "/v1/models": { data: "none" }, "/api/version": { version: "0.9.0" } },
      { "/v1/models": listOf(["a"]), "/lmstudio-greeting": { lmstudio: "true" } },
      { "/v1/models": listOf(["a"]), "/api/version": { version: { toString: "0.9.0" } } },
      { "/v1/models": listOf(["a"]), "/health": { service: "my continuum-router" } },
      { "/v1/models": NOT_JSON, "/api/version": { version: "0.9.0" } },
      { "/v1/models": listOf(["a"]), "/api/version": NOT_JSON, "/lmstudio-greeting": NOT_JSON },
    ];
    for (const sayings of others) expect((await foundAt(sayings)).servers).toEqual([]);
  });

  it("is one, on both addresses of loopback", async () => {
    const { port } = await start(PRODUCTS.ollama);
    await start(PRODUCTS.ollama, "::1", port);
    const { servers } = await new LocalServers(client, [port]).look();
    expect(servers.map(({ url }) => url)).toEqual([`http://127.0.0.1:${port}/v1`]);
  });

  it("is found on IPv6 alone", async () => {
    const { port } = await start(PRODUCTS.ollama, "::1");
    const { servers } = await new LocalServers(client, [port]).look();
    expect(servers.map(({ url }) => url)).toEqual([`http://[::1]:${port}/v1`]);
  });
});

describe("a hostile answer", () => {
  const withList = (list: Sayings[string]): Sayings => ({ ...PRODUCTS.ollama, "/v1/models": list });

  it("that never ends, comes by drops or does not come costs a second, and finds nothing", async () => {
    const endless = withList((_request: unknown, response: { write(text: string): boolean }) => {
      response.write('{"data":[');
      const timer = setInterval(() => response.write(" "), 20);
      (response as unknown as NodeJS.EventEmitter).on("close", () => clearInterval(timer));
    });
    for (const sayings of [endless, withList(() => undefined)]) {
      const { servers, ms } = await foundAt(sayings);
      expect(servers).toEqual([]);
      expect(ms).toBeLessThan(2_500);
    }
  });

  it("that is huge is left at 64 KiB, however it is packed", async () => {
    let written = 0;
    const flood = withList((_request: unknown, response: NodeJS.WritableStream) => {
      const chunk = " ".repeat(16 * 1024);
      const more = (): void => {
        while (written < 64 * 1024 * 1024) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", more);
        }
      };
      more();
    });
    const { servers, ms } = await foundAt(flood);
    expect(servers).toEqual([]);
    expect(ms).toBeLessThan(2_500);
    expect(written).toBeLessThan(32 * 1024 * 1024);
    const bomb = gzipSync(Buffer.from(`{"data":[]${" ".repeat(50 * 1024 * 1024)}}`));
    const packed = withList(
      (
        _request: unknown,
        response: { writeHead(status: number, headers: object): { end(b: Buffer): void } },
      ) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
    );
    expect((await foundAt(packed)).servers).toEqual([]);
  });

  it("that nests too deep is none", async () => {
    const deep = withList((_request: unknown, response: { end(text: string): void }) =>
      response.end(`{"data":${"[".repeat(30_000)}${"]".repeat(30_000)}}`),
    );
    expect((await foundAt(deep)).servers).toEqual([]);
  });

  it("that leads elsewhere is not followed", async () => {
    const target = await start(PRODUCTS.ollama);
    const away = withList(
      (_request: unknown, response: { writeHead(status: number, headers: object): { end(): void } }) =>
        response.writeHead(302, { location: `http://127.0.0.1:${target.port}/v1/models` }).end(),
    );
    expect((await foundAt(away)).servers).toEqual([]);
    expect(target.asked).toEqual([]);
  });

  it("shows no name that cannot be read, and no more than fifty", async () => {
    const bad = ["a\u0000b", "\u202egnp.exe", "x\ny", "a\u200bb", "n".repeat(600), "", "\ud800"];
    const { servers } = await foundAt(withList(listOf([...bad, "good", "good"])));
    expect(servers).toMatchObject([{ models: ["good"], modelCount: 1 }]);
    const many = Array.from({ length: 300 }, (_, at) => `model-${at}`);
    const [server] = (await foundAt(withList(listOf(many)))).servers;
    expect(server?.models).toHaveLength(50);
    expect(server?.modelCount).toBe(300);
    const wrong = { data: [null, 7, "x", { id: 9 }, { id: "left" }] };
    expect((await foundAt(withList(wrong))).servers).toMatchObject([{ models: ["left"] }]);
  });
});

it("is looked for once by those who come together or a moment later, and not before somebody asks", async () => {
  const { port, asked } = await start(PRODUCTS.ollama);
  const servers = new LocalServers(client, [port]);
  expect(asked).toEqual([]);
  const looks = await Promise.all([servers.found(), servers.look(), servers.look()]);
  const requests = asked.length;
  expect(new Set(looks).size).toBe(1);
  expect(await servers.look()).toBe(looks[0]);
  expect(asked).toHaveLength(requests);
});

it("is asked again before it is used", async () => {
  const { port, stop } = await startLocalProduct(PRODUCTS.ollama);
  const servers = new LocalServers(client, [port]);
  const [server] = (await servers.look()).servers;
  if (server === undefined) throw new Error("Nothing was found.");
  expect(await servers.stillThere(server)).toBe(true);
  await stop();
  expect(await servers.stillThere(server)).toBe(false);
  await start(PRODUCTS.vllm, "127.0.0.1", port);
  expect(await servers.stillThere(server)).toBe(false);
});
