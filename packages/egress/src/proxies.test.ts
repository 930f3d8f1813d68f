import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf } from "../../runtime/src/testing/outcomes.ts";
import { HttpClient } from "./http-client.ts";
import { NO_PROXIES, proxyFor } from "./proxies.ts";
import { rules, TestServer } from "./testing/test-server.ts";

const PROXY = new URL("http://proxy.test:3128");

describe("which proxy a request goes through", () => {
  const through = (address: string, ...except: string[]) =>
    proxyFor(new URL(address), { http: PROXY, https: PROXY, except }) !== null;

  it("is that of the address's scheme", () => {
    const proxies = { ...NO_PROXIES, https: PROXY };
    expect(proxyFor(new URL("https://a.test"), proxies)).toBe(PROXY);
    expect(proxyFor(new URL("http://a.test"), proxies)).toBeNull();
  });

  it.each([
    "http://localhost:1/",
    "http://a.localhost/",
    "http://127.0.0.1/",
    "http://127.8.9.1:80/",
    "http://[::1]:5/",
  ])("is none for this machine: %s", (address) => expect(through(address)).toBe(false));

  it.each([
    ["http://a.test/", "*"],
    ["http://a.test/", "a.test"],
    ["http://A.test/", "a.TEST"],
    ["http://b.a.test/", "a.test"],
    ["http://b.a.test/", ".a.test"],
    ["http://b.a.test/", "*.a.test"],
    ["http://a.test:8080/", "a.test:8080"],
    ["https://a.test/", "a.test:443"],
    ["http://10.1.2.3/", "10.0.0.0/8"],
    ["http://[fd00::1]/", "fd00::/8"],
    ["http://[fd00::1]:81/", "[fd00::1]:81"],
    ["http://[fd00::1]/", "fd00:0::1"],
  ])("is none for %s when %s is excepted", (address, entry) => expect(through(address, entry)).toBe(false));

  it.each([
    ["http://nota.test/", "a.test"],
    ["http://a.test/", "b.a.test"],
    ["http://a.test:8081/", "a.test:8080"],
    ["http://11.1.2.3/", "10.0.0.0/8"],
    ["http://a.test/", "10.0.0.0/8"],
    ["http://a.test/", "."],
  ])("is there for %s when %s is excepted", (address, entry) => expect(through(address, entry)).toBe(true));
});

describe("a proxy", () => {
  const target = new TestServer();
  let proxy: Server;
  let seen: string[];
  let authorization: string | undefined;
  let settings: { http: URL; https: URL; except: string[] };

  beforeAll(() => target.listen());
  afterAll(() => target.close());
  beforeEach(async () => {
    seen = [];
    proxy = createServer(async (request, response) => {
      seen.push(`${request.method} ${request.url}`);
      authorization = request.headers["proxy-authorization"];
      const asked = new URL(request.url ?? "");
      const answer = await fetch(`http://127.0.0.1:${target.port}${asked.pathname}${asked.search}`, {
        headers: { "x-echo": JSON.stringify(request.rawHeaders) },
      });
      response.end(await answer.text());
    });
    proxy.on("connect", (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      const onward = connect(target.port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const url = new URL(`http://me:s3cret@127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    settings = { http: url, https: url, except: [] };
  });
  afterEach(async () => {
    await target.disconnect();
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });

  const unknown = async () => {
    throw Object.assign(new Error("No such host."), { code: "ENOTFOUND" });
  };

  it("is handed plugins' requests over http whole, with its password, and keeps repeated headers", async () => {
    const { text } = await target.get(
      "http://outside.example/path?q=1",
      {
        headers: [
          ["x-a", "1"],
          ["x-a", "2"],
        ],
      },
      { proxies: settings, lookup: unknown },
    );
    expect(seen).toEqual(["GET http://outside.example/path?q=1"]);
    expect(authorization).toBe(`Basic ${Buffer.from("me:s3cret").toString("base64")}`);
    const { headers } = JSON.parse(text) as { headers: { "x-echo": string } };
    expect(JSON.parse(headers["x-echo"]).filter((part: string) => part === "x-a")).toHaveLength(2);
  });

  it("is asked for a tunnel by requests over https, which are confidential to it", async () => {
    const failing = target.get("https://outside.example/", {}, { proxies: settings, lookup: unknown });
    expect(await codeOf(failing)).toBe("fetch_failed");
    await expect(failing).rejects.toThrow(/through the proxy 127\.0\.0\.1:\d+ /);
    await expect(failing).rejects.toThrow(/^(?!.*s3cret)/s);
    expect(seen).toEqual(["CONNECT outside.example:443"]);
  });

  it.each([
    "http://10.0.0.1/",
    "http://intranet/",
    "http://db.internal/",
    "http://printer.local/",
    "http://x.corp/",
  ])("is not asked by plugins for %s", async (address) => {
    const code = codeOf(target.get(address, {}, { allowPrivate: [], proxies: settings, lookup: unknown }));
    expect(await code).toBe("fetch_refused");
    expect(seen).toEqual([]);
  });

  it("is not asked for a name that leads into the own network here", async () => {
    const lookup = async () => [{ address: "10.1.2.3", family: 4 }];
    const options = { allowPrivate: [], proxies: settings, lookup };
    expect(await codeOf(target.get("http://rebound.example/", {}, options))).toBe("fetch_refused");
    expect(seen).toEqual([]);
  });

  it("is asked for a name of the own network that the operator allows", async () => {
    const options = { allowPrivate: ["db.internal"], proxies: settings, lookup: unknown };
    await target.get("http://db.internal/", {}, options);
    expect(seen).toEqual(["GET http://db.internal/"]);
  });

  it("is not asked for what is excepted", async () => {
    await target.get("/", {}, { proxies: { ...settings, except: [".test"] } });
    expect(seen).toEqual([]);
  });

  it("carries the server's own requests, whose names it looks up", async () => {
    const client = new HttpClient({ proxies: settings, lookup: unknown });
    const answer = await client.request(new URL("http://plugins.example/registry/v1"), {
      signal: AbortSignal.timeout(5_000),
    });
    answer.body.destroy();
    await client.close();
    expect(seen).toEqual(["GET http://plugins.example/registry/v1"]);
  });

  it("that refuses makes a fault that names it", async () => {
    proxy.removeAllListeners("request");
    proxy.on("request", (_request, response) => response.writeHead(407).end());
    const failing = target.get(
      "http://outside.example/",
      {},
      { proxies: settings, lookup: unknown },
      rules(),
    );
    await expect(failing).rejects.toThrow(/through the proxy/);
  });
});
