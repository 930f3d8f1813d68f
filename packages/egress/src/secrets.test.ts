import type { EgressRequest } from "@patchbay/core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "../../runtime/src/testing/outcomes.ts";
import { echo, PLACEHOLDER, rules, SECRET, TestServer } from "./testing/test-server.ts";

const server = new TestServer();
const get = server.get.bind(server);

beforeAll(() => server.listen());
afterEach(() => server.disconnect());
afterAll(() => server.close());

describe("a secret", () => {
  const bytes = (body: string) => new TextEncoder().encode(body);

  test("takes its placeholder's place in a header, and one that no header can carry is not quoted", async () => {
    server.handler = echo;
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
    server.handler = echo;
    const answer = await get("/", { method: "POST", headers: [["content-type", type]], body: bytes(body) });
    const arrived = Buffer.from(JSON.parse(answer.text).body, "latin1").toString("utf8");
    expect(read(arrived)).toBe(SECRET);
  });

  test("in a request of the host's own: in headers, not in the body, and no error quotes it", async () => {
    const allowance = { share: "models", atOnce: 1, totalMs: 10_000 };
    const headers: [string, string][] = [
      ["x-key", PLACEHOLDER],
      ["content-type", "application/json"],
    ];
    const asked = { method: "POST", headers, body: bytes(JSON.stringify({ a: PLACEHOLDER })), allowance };
    server.handler = echo;
    const seen = JSON.parse((await get("/", asked)).text);
    expect(seen.headers["x-key"]).toBe(SECRET);
    expect(JSON.parse(seen.body).a).toBe(PLACEHOLDER);
    for (const status of [300, 304, 400, 503]) {
      server.handler = (incoming, response) => {
        response.statusCode = status;
        response.end(`bad header ${incoming.headers["x-key"]}`);
      };
      expect((await get("/", asked)).text).toBe(status === 304 ? "" : `bad header ${PLACEHOLDER}`);
    }
    server.handler = (_incoming, response) => {
      response.statusCode = 500;
      response.end("x".repeat(1024 * 1024));
    };
    expect((await get("/", asked)).text).toHaveLength(64 * 1024);
  });

  test("in the query, the path and in basic credentials", async () => {
    server.handler = echo;
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
    server.handler = (_incoming, response) => {
      isReached = true;
      response.end();
    };
    expect(await codeOf(get(path, given, {}, rules(["elsewhere.test"])))).toBe("secret_refused");
    expect(isReached).toBe(false);
  });

  test("is not sent on by a redirect, even when the server puts it into the new address", async () => {
    const reached: string[] = [];
    server.handler = (incoming, response) => {
      reached.push(incoming.headers.host ?? "");
      const key = new URL(incoming.url ?? "", "http://x").searchParams.get("key") ?? "";
      response
        .writeHead(302, { location: `http://other.test:${server.port}/?key=${encodeURIComponent(key)}` })
        .end();
    };
    expect(await codeOf(get(`/?key=${PLACEHOLDER}`))).toBe("secret_refused");
    expect(await codeOf(get("/", { headers: [["x-key", "none"]] }))).not.toBe("secret_refused");
    expect(reached.filter((host) => host.startsWith("other"))).toHaveLength(10);
  });

  test("that a server repeats in its headers comes back as the placeholder", async () => {
    server.handler = (incoming, response) => {
      const key = new URL(incoming.url ?? "", "http://x").searchParams.get("key") ?? "";
      response.setHeader("x-echo", encodeURIComponent(key)).end();
    };
    expect((await get(`/?key=${PLACEHOLDER}`)).header("x-echo")).toBe(PLACEHOLDER);
  });

  test("that a server quotes in an error comes back as the placeholder, wherever its pieces are cut", async () => {
    const others = Buffer.from([0, 255, 128, 10]);
    server.handler = (incoming, response) => {
      const key = String(incoming.headers["x-key"]);
      const quoted = [others, Buffer.from(`Wrong key ${key}, ${JSON.stringify(key)}. `.repeat(3)), others];
      response.writeHead(400, { "content-type": "text/plain" });
      const pieces = [...Buffer.concat(quoted)];
      const send = () => {
        const piece = pieces.splice(0, 7);
        if (piece.length === 0) response.end();
        else response.write(Buffer.from(piece), () => setImmediate(send));
      };
      send();
    };
    const { head, text } = await get("/", { headers: [["x-key", PLACEHOLDER]] });
    expect(head.status).toBe(400);
    expect(text).not.toContain(SECRET);
    expect(text.split(PLACEHOLDER)).toHaveLength(7);
    expect(text.startsWith("\0")).toBe(true);
  });

  test("is all that is taken out of an error", async () => {
    server.handler = (_incoming, response) =>
      response.writeHead(404, { "content-length": 200_000 }).end("x".repeat(200_000));
    expect((await get("/", { headers: [["x-key", PLACEHOLDER]] })).text).toHaveLength(200_000);
    expect((await get("/")).header("content-length")).toBe("200000");
  });
});
