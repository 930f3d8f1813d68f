import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { EgressRequest, EgressRules } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ClosableEgress, createEgress, type EgressOptions } from "./egress.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let handler: Handler;
let server: Server;
let port: number;
const open: ClosableEgress[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => handler(request, response, Buffer.concat(chunks).toString("latin1")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const egress of open.splice(0)) await egress.close();
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const SECRET = 'p&ss "wörd"/1';
const PLACEHOLDER = `pbs_${"0a".repeat(20)}`;

/** Names that lead to the test server, as a resolver would tell. */
const lookup = async (hostname: string) => {
  if (hostname.endsWith(".test")) return [{ address: "127.0.0.1", family: 4 }];
  throw Object.assign(new Error("No such host."), { code: "ENOTFOUND" });
};

const rules = (secretHosts: readonly string[] = ["api.test"]): EgressRules & { asked: string[] } => {
  const asked: string[] = [];
  return {
    asked,
    check: (host, method) => {
      asked.push(`${method} ${host}`);
      if (host === "denied.test") throw new PatchbayError("permission_denied", "Not granted.");
    },
    secrets: {
      pattern: /pbs_[0-9a-f]{40}/g,
      reveal: (_placeholder, host) => {
        if (secretHosts.includes(host)) return SECRET;
        throw new PatchbayError("secret_refused", `Not for ${host}.`);
      },
    },
  };
};

const egressFor = (options: EgressOptions = {}): ClosableEgress => {
  const egress = createEgress({ allowPrivate: ["127.0.0.0/8"], lookup, ...options });
  open.push(egress);
  return egress;
};

const request = (path: string, given: Partial<EgressRequest> = {}): EgressRequest => ({
  url: path.startsWith("/") ? `http://api.test:${port}${path}` : path,
  method: "GET",
  headers: [],
  redirect: "follow",
  body: null,
  signal: new AbortController().signal,
  ...given,
});

const text = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const get = async (path: string, given?: Partial<EgressRequest>, options?: EgressOptions, by = rules()) => {
  const { head, body } = await egressFor(options).fetch(request(path, given), by);
  return {
    head,
    text: await text(body),
    header: (name: string) => head.headers.find(([one]) => one === name)?.[1],
  };
};

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: PatchbayError) => error.code,
  );

/** Echoes what arrived. */
const echo: Handler = (incoming, response, body) => {
  const { method, url, headers } = incoming;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method, url, headers, body }));
};

describe("a request", () => {
  test("arrives as it was made, without what belongs to the connection", async () => {
    handler = echo;
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
      host: `api.test:${port}`,
      "x-custom": "1",
      "content-length": "5",
      "user-agent": "Patchbay",
    });
    expect(seen.headers).not.toHaveProperty("proxy-authorization");
    expect(answer.head).toMatchObject({
      status: 200,
      statusText: "OK",
      redirected: false,
      url: `http://api.test:${port}/a?b=c`,
    });
  });

  test.each(["gzip", "deflate", "br", "gzip, br"])("is answered decoded from %s", async (coding) => {
    handler = (_incoming, response) => {
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
    handler = echo;
    const failure = get("/", { headers: [["x", "a\r\nEvil: 1"]] });
    await expect(failure).rejects.toMatchObject({
      code: "fetch_failed",
      message: expect.not.stringContaining("Evil"),
    });
  });
});

describe("an address", () => {
  const refused = (url: string, options: EgressOptions = { allowPrivate: [] }) =>
    codeOf(get(url, {}, options));

  test.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[100::1]/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://192.0.0.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://①②⑦.0.0.1/",
    "http://127.0.0.1./",
  ])("%s is refused", async (url) => {
    expect(await refused(url)).toBe("fetch_refused");
  });

  test.each([
    "10.0.0.5",
    "127.0.0.1",
    "::1",
    "::ffff:10.0.0.1",
    "fe80::1",
    "169.254.169.254",
    "64:ff9b::a00:1",
  ])("%s behind a name is refused", async (address) => {
    const leads = async () => [{ address, family: address.includes(":") ? 6 : 4 }];
    expect(await refused("http://innocent.example/", { allowPrivate: [], lookup: leads })).toBe(
      "fetch_refused",
    );
  });

  test("that changes between check and connection is not followed", async () => {
    handler = echo;
    let lookups = 0;
    // The first answer is harmless, all later ones lead inside: whoever asked twice would be led there.
    const rebinding = async () => {
      lookups++;
      return [{ address: lookups === 1 ? "192.0.2.1" : "127.0.0.1", family: 4 }];
    };
    const options = { allowPrivate: ["192.0.2.0/24"], lookup: rebinding, deadlineMs: 700 };
    expect(await codeOf(get(`http://rebind.example:${port}/`, {}, options))).not.toBe("none");
    expect(lookups).toBe(1);
  });

  test("of a name that has public and private ones leads to the allowed one alone", async () => {
    handler = echo;
    const both = async () => [
      { address: "10.0.0.1", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ];
    const answer = await get(
      `http://both.example:${port}/`,
      {},
      { allowPrivate: ["127.0.0.1"], lookup: both },
    );
    expect(answer.head.status).toBe(200);
  });

  test.each([["127.0.0.1"], ["127.0.0.0/8"], ["api.test"], ["*.test"]])("is allowed by %s", async (entry) => {
    handler = echo;
    expect((await get("/", {}, { allowPrivate: [entry] })).head.status).toBe(200);
  });

  test("that is not known and a server that does not answer say so", async () => {
    expect(await codeOf(get("http://unknown.example/"))).toBe("fetch_failed");
    expect(await codeOf(get("http://api.test:1/"))).toBe("fetch_failed");
    expect(() => createEgress({ allowPrivate: ["http://x"] })).toThrow(/neither/);
  });
});

describe("a redirect", () => {
  test("is checked like a request of its own", async () => {
    handler = (incoming, response, body) => {
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
    handler = (incoming, response, sent) => {
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
    expect(answer.head).toMatchObject({ redirected: true, url: `http://api.test:${port}/end?x=1` });
    expect(by.asked).toEqual([`${method} api.test`, `${expected} api.test`]);
  });

  test("to another origin loses credentials and keeps the rest", async () => {
    handler = (incoming, response, body) => {
      if (incoming.headers.host?.startsWith("api.test"))
        response.writeHead(302, { location: `http://other.test:${port}/` }).end();
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
    handler = (_incoming, response) => response.writeHead(302, { location: "/again" }).end();
    expect((await get("/", { redirect: "manual" })).head).toMatchObject({ status: 302, redirected: false });
    expect(await codeOf(get("/", { redirect: "error" }))).toBe("fetch_failed");
    const by = rules();
    expect(await codeOf(get("/", {}, {}, by))).toBe("fetch_failed");
    expect(by.asked).toHaveLength(11);
  });
});

describe("a secret", () => {
  const bytes = (body: string) => new TextEncoder().encode(body);

  test("takes its placeholder's place in a header, and one that no header can carry is not quoted", async () => {
    handler = echo;
    const headers: [string, string][] = [["x-key", `Token ${PLACEHOLDER}`]];
    const seen = JSON.parse((await get("/", { headers })).text);
    expect(seen.headers["x-key"]).toBe(`Token ${SECRET}`);
    const by = rules();
    const secrets = { ...by.secrets, reveal: () => "first line\nsecond" };
    await expect(get("/", { headers }, {}, { ...by, secrets })).rejects.toMatchObject({
      code: "fetch_failed",
      message: expect.not.stringContaining("line"),
    });
  });

  test.each([
    ["application/json", JSON.stringify({ a: PLACEHOLDER }), (body: string) => JSON.parse(body).a],
    [
      "application/x-www-form-urlencoded",
      `a=${PLACEHOLDER}&b=1`,
      (body: string) => new URLSearchParams(body).get("a"),
    ],
    ["text/plain", `<${PLACEHOLDER}>`, (body: string) => body.slice(1, -1)],
    ["multipart/form-data; boundary=x", PLACEHOLDER, (body: string) => body],
  ])("in a body of %s", async (type, body, read) => {
    handler = echo;
    const answer = await get("/", { method: "POST", headers: [["content-type", type]], body: bytes(body) });
    const arrived = Buffer.from(JSON.parse(answer.text).body, "latin1").toString("utf8");
    expect(read(arrived)).toBe(SECRET);
  });

  test("in the query, the path and in basic credentials", async () => {
    handler = echo;
    const basic = `Basic ${Buffer.from(`user:${PLACEHOLDER}`).toString("base64")}`;
    const answer = await get(`/bot${PLACEHOLDER}/send?key=${PLACEHOLDER}`, {
      headers: [["Authorization", basic]],
    });
    const seen = JSON.parse(answer.text);
    const url = new URL(seen.url, "http://x");
    expect(url.searchParams.get("key")).toBe(SECRET);
    expect(decodeURIComponent(url.pathname)).toBe(`/bot${SECRET}/send`);
    expect(Buffer.from(seen.headers.authorization.slice(6), "base64").toString()).toBe(`user:${SECRET}`);
    expect(answer.head.url).toContain(PLACEHOLDER);
  });

  test.each<[string, Partial<EgressRequest>, string]>([
    ["header", { headers: [["x", PLACEHOLDER]] }, "/"],
    ["query", {}, `/?a=${PLACEHOLDER}`],
    ["body", { method: "POST", body: bytes(PLACEHOLDER) }, "/"],
    [
      "basic credentials",
      { headers: [["authorization", `Basic ${Buffer.from(PLACEHOLDER).toString("base64")}`]] },
      "/",
    ],
  ])("in the %s is not sent to a host that it is not for", async (_where, given, path) => {
    let isReached = false;
    handler = (_incoming, response) => {
      isReached = true;
      response.end();
    };
    expect(await codeOf(get(path, given, {}, rules(["elsewhere.test"])))).toBe("secret_refused");
    expect(isReached).toBe(false);
  });

  test("is not sent on by a redirect, even when the server puts it into the new address", async () => {
    const reached: string[] = [];
    handler = (incoming, response) => {
      reached.push(incoming.headers.host ?? "");
      const key = new URL(incoming.url ?? "", "http://x").searchParams.get("key") ?? "";
      response
        .writeHead(302, { location: `http://other.test:${port}/?key=${encodeURIComponent(key)}` })
        .end();
    };
    expect(await codeOf(get(`/?key=${PLACEHOLDER}`))).toBe("secret_refused");
    expect(await codeOf(get("/", { headers: [["x-key", "none"]] }))).not.toBe("secret_refused");
    expect(reached.filter((host) => host.startsWith("other"))).toHaveLength(10);
  });

  test("that a server repeats in its headers comes back as the placeholder", async () => {
    handler = (incoming, response) => {
      const key = new URL(incoming.url ?? "", "http://x").searchParams.get("key") ?? "";
      response.setHeader("x-echo", encodeURIComponent(key)).end();
    };
    expect((await get(`/?key=${PLACEHOLDER}`)).header("x-echo")).toBe(PLACEHOLDER);
  });
});

describe("limits", () => {
  test("a body that is too large is cut off, told before or not", async () => {
    handler = (incoming, response) => {
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
    handler = (_incoming, response) => response.setHeader("content-encoding", "gzip").end(bomb);
    expect(await codeOf(get("/"))).toBe("fetch_too_large");
  });

  test("a body that is cut off or not what it says fails", async () => {
    handler = (incoming, response) => {
      if (incoming.url === "/gzip") {
        response.setHeader("content-encoding", "gzip").end("this is no gzip");
      } else {
        response.setHeader("content-length", 100).write("part");
        setTimeout(() => response.destroy(), 50);
      }
    };
    expect(await codeOf(get("/gzip"))).toBe("fetch_failed");
    expect(await codeOf(get("/cut"))).toBe("fetch_failed");
  });

  test("a server that takes for ever is given up, in headers and in the body", async () => {
    handler = (incoming, response) => {
      if (incoming.url === "/body") response.write("a");
    };
    expect(await codeOf(get("/", {}, { deadlineMs: 200 }))).toBe("deadline_exceeded");
    expect(await codeOf(get("/body", {}, { deadlineMs: 200 }))).toBe("deadline_exceeded");
  });

  test("a plugin that gives up ends the request", async () => {
    handler = () => undefined;
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    expect(await codeOf(get("/", { signal: abort.signal }))).toBe("cancelled");
    expect(await codeOf(get("/", { signal: AbortSignal.abort() }))).toBe("cancelled");
  });

  test("a reader that stops early frees the connection", async () => {
    let isClosed = false;
    handler = (_incoming, response) => {
      response.on("close", () => {
        isClosed = true;
      });
      response.write(Buffer.alloc(1_000_000));
    };
    const { body } = await egressFor().fetch(request("/"), rules());
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
    expect(await codeOf(get(`http://api.test:${address.port}/`))).toBe("fetch_failed");
    await new Promise((resolve) => tcp.close(resolve));
  });

  test("proxies of the environment are not used", async () => {
    handler = echo;
    process.env.http_proxy = "http://127.0.0.1:1";
    const answer = await get("/").finally(() => {
      delete process.env.http_proxy;
    });
    expect(answer.head.status).toBe(200);
  });
});
