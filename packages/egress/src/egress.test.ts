import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "../../runtime/src/testing/outcomes.ts";
import { echo, rules, TestServer } from "./testing/test-server.ts";

const server = new TestServer();
const get = server.get.bind(server);

beforeAll(() => server.listen());
afterEach(() => server.disconnect());
afterAll(() => server.close());

describe("a request", () => {
  test("arrives as it was made, without what belongs to the connection", async () => {
    server.handler = echo;
    const answer = await get("/a?b=c#d", {
      method: "PUT",
      headers: [
        ["X-Custom", "1"],
        ["Host", "other.test"],
        ["Connection", "upgrade"],
        ["Content-Length", "9999"],
        ["Proxy-Authorization", "Basic x"],
        ["Transfer-Encoding", "chunked"],
      ],
      body: new TextEncoder().encode("hello"),
    });
    const seen = JSON.parse(answer.text);
    expect(seen).toMatchObject({ method: "PUT", url: "/a?b=c", body: "hello" });
    expect(seen.headers).toMatchObject({
      host: `api.test:${server.port}`,
      "x-custom": "1",
      "content-length": "5",
      "user-agent": "Patchbay",
    });
    expect(seen.headers).not.toHaveProperty("proxy-authorization");
    expect(answer.head).toMatchObject({
      status: 200,
      statusText: "OK",
      redirected: false,
      url: `http://api.test:${server.port}/a?b=c`,
    });
  });

  test.each(["gzip", "deflate", "br", "gzip, br"])("is answered decoded from %s", async (coding) => {
    server.handler = (_incoming, response) => {
      let bytes: Buffer = Buffer.from("text".repeat(1000));
      for (const one of coding.split(", "))
        bytes =
          one === "gzip" ? gzipSync(bytes) : one === "br" ? brotliCompressSync(bytes) : deflateSync(bytes);
      response.setHeader("content-encoding", coding).setHeader("content-length", bytes.length).end(bytes);
    };
    const answer = await get("/");
    expect(answer.text).toBe("text".repeat(1000));
    expect(answer.header("content-encoding")).toBeUndefined();
    expect(answer.header("content-length")).toBeUndefined();
  });

  test.each([
    ["file:///etc/passwd"],
    ["ftp://api.test/"],
    ["data:text/plain,x"],
    ["http://user:secret@api.test/"],
    ["not a url"],
    ["http://"],
    ["gopher://127.0.0.1:25/"],
  ])("to %s is refused", async (url) => {
    expect(await codeOf(get(url))).toBe("fetch_refused");
  });

  test("with a method for tunnels is refused, one that was not granted is denied", async () => {
    expect(await codeOf(get("/", { method: "CONNECT" }))).toBe("fetch_refused");
    expect(await codeOf(get("/", { method: "TRACE" }))).toBe("fetch_refused");
    expect(await codeOf(get("http://denied.test/"))).toBe("permission_denied");
  });

  test("with a header that breaks the line is refused without quoting it", async () => {
    server.handler = echo;
    const failure = get("/", { headers: [["x", "a\r\nEvil: 1"]] });
    await expect(failure).rejects.toMatchObject({
      code: "fetch_failed",
      message: expect.not.stringContaining("Evil"),
    });
  });
});

describe("a redirect", () => {
  test("is checked like a request of its own", async () => {
    server.handler = (incoming, response, body) => {
      const target = {
        "/private": "http://10.0.0.1/",
        "/denied": "http://denied.test/",
        "/scheme": "file:///etc/passwd",
      }[incoming.url ?? ""];
      if (target === undefined) echo(incoming, response, body);
      else response.writeHead(302, { location: target }).end();
    };
    expect(await codeOf(get("/private"))).toBe("fetch_refused");
    expect(await codeOf(get("/denied"))).toBe("permission_denied");
    expect(await codeOf(get("/scheme"))).toBe("fetch_refused");
  });

  test.each([
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [307, "POST", "POST", "data"],
    [308, "PUT", "PUT", "data"],
    [302, "DELETE", "DELETE", ""],
  ])("with %i turns %s into %s", async (status, method, expected, body) => {
    server.handler = (incoming, response, sent) => {
      if (incoming.url === "/start") response.writeHead(status, { location: "/end?x=1" }).end();
      else echo(incoming, response, sent);
    };
    const by = rules();
    const bytes = method === "DELETE" ? null : new TextEncoder().encode("data");
    const answer = await get(
      "/start",
      { method, body: bytes, headers: [["content-type", "text/plain"]] },
      {},
      by,
    );
    expect(JSON.parse(answer.text)).toMatchObject({ method: expected, url: "/end?x=1", body });
    expect(answer.head).toMatchObject({ redirected: true, url: `http://api.test:${server.port}/end?x=1` });
    expect(by.asked).toEqual([`${method} api.test`, `${expected} api.test`]);
  });

  test("to another origin loses credentials and keeps the rest", async () => {
    server.handler = (incoming, response, body) => {
      if (incoming.headers.host?.startsWith("api.test"))
        response.writeHead(302, { location: `http://other.test:${server.port}/` }).end();
      else echo(incoming, response, body);
    };
    const headers = [
      ["Authorization", "Bearer x"],
      ["Cookie", "a=b"],
      ["X-Kept", "1"],
    ] satisfies [string, string][];
    const seen = JSON.parse((await get("/", { headers })).text);
    expect(seen.headers).not.toHaveProperty("authorization");
    expect(seen.headers).not.toHaveProperty("cookie");
    expect(seen.headers["x-kept"]).toBe("1");
  });

  test("is returned or refused when the request says so, and not followed for ever", async () => {
    server.handler = (_incoming, response) => response.writeHead(302, { location: "/again" }).end();
    expect((await get("/", { redirect: "manual" })).head).toMatchObject({ status: 302, redirected: false });
    expect(await codeOf(get("/", { redirect: "error" }))).toBe("fetch_failed");
    const by = rules();
    expect(await codeOf(get("/", {}, {}, by))).toBe("fetch_failed");
    expect(by.asked).toHaveLength(11);
  });
});

describe("limits", () => {
  test("a body that is too large is cut off, told before or not", async () => {
    server.handler = (incoming, response) => {
      if (incoming.url === "/told") response.setHeader("content-length", 25 * 1024 * 1024);
      const part = Buffer.alloc(1024 * 1024);
      const write = () => {
        while (response.writable && response.write(part));
      };
      response.on("drain", write).on("error", () => undefined);
      write();
    };
    expect(await codeOf(get("/told"))).toBe("fetch_too_large");
    expect(await codeOf(get("/untold"))).toBe("fetch_too_large");
  });

  test("a decompression bomb is cut off", async () => {
    const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024));
    server.handler = (_incoming, response) => response.setHeader("content-encoding", "gzip").end(bomb);
    expect(await codeOf(get("/"))).toBe("fetch_too_large");
  });

  test("a body that is cut off or not what it says fails", async () => {
    server.handler = (incoming, response) => {
      if (incoming.url === "/gzip") {
        response.setHeader("content-encoding", "gzip").end("this is no gzip");
      } else {
        response.setHeader("content-length", 100).write("part");
        setTimeout(() => response.destroy(), 50);
      }
    };
    expect(await codeOf(get("/gzip"))).toBe("fetch_failed");
    await expect(get("/cut")).rejects.toMatchObject({
      code: "fetch_failed",
      message: expect.stringContaining("broke off (the connection was closed)"),
    });
  });

  test("a server that takes for ever is given up, in headers and in the body", async () => {
    server.handler = (incoming, response) => {
      if (incoming.url === "/body") response.write("a");
    };
    expect(await codeOf(get("/", {}, { deadlineMs: 200 }))).toBe("deadline_exceeded");
    expect(await codeOf(get("/body", {}, { deadlineMs: 200 }))).toBe("deadline_exceeded");
  });

  test("a plugin that gives up ends the request", async () => {
    server.handler = () => undefined;
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    expect(await codeOf(get("/", { signal: abort.signal }))).toBe("cancelled");
    expect(await codeOf(get("/", { signal: AbortSignal.abort() }))).toBe("cancelled");
  });

  test("a reader that stops early frees the connection", async () => {
    let isClosed = false;
    server.handler = (_incoming, response) => {
      response.on("close", () => {
        isClosed = true;
      });
      response.write(Buffer.alloc(1_000_000));
    };
    const { body } = await server.egress().fetch(server.request("/"), rules());
    for await (const _ of body) break;
    await expect.poll(() => isClosed).toBe(true);
  });

  test("a server that does not speak HTTP is a failed fetch", async () => {
    const tcp = createTcpServer((socket) =>
      socket
        .on("error", () => undefined)
        .resume()
        .end("SSH-2.0-OpenSSH\r\n"),
    );
    await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
    const address = tcp.address() as AddressInfo;
    await expect(get(`http://api.test:${address.port}/`)).rejects.toMatchObject({
      code: "fetch_failed",
      message: expect.stringContaining("(it does not keep to HTTP)"),
    });
    await new Promise((resolve) => tcp.close(resolve));
  });

  test("proxies of the environment are not used", async () => {
    server.handler = echo;
    process.env.http_proxy = "http://127.0.0.1:1";
    const answer = await get("/").finally(() => {
      delete process.env.http_proxy;
    });
    expect(answer.head.status).toBe(200);
  });
});
