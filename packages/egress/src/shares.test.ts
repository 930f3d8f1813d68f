import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { constants, createZstdCompress, gzipSync } from "node:zlib";
import { MAX_FETCH_REQUEST_BYTES } from "@patchbay/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { codeOf } from "../../runtime/src/testing/outcomes.ts";
import { MAX_FETCHES_AT_ONCE, MAX_WAITING_REQUEST_BYTES } from "./limits.ts";
import { echo, rules, TestServer } from "./testing/test-server.ts";

const server = new TestServer();
beforeAll(() => server.listen());
afterAll(() => server.close());
afterEach(async () => {
  server.handler = echo;
  await server.disconnect();
});

/** A server whose address `/slow` answers when it is told to. */
const slow = () => {
  const held: ServerResponse[] = [];
  server.handler = (request, response, body) =>
    request.url === "/slow" ? held.push(response) : echo(request, response, body);
  return {
    held,
    let: () => {
      for (const response of held.splice(0)) response.end("late");
    },
  };
};
const MiB = 1024 * 1024;
/** Without a look at what has come. */
const leave = async (body: AsyncIterable<Uint8Array>): Promise<void> => {
  await body[Symbol.asyncIterator]().return?.();
};
const owned = (owner: string) => ({ ...rules(), owner });

describe("the share of an installation", () => {
  it("leaves a server to others, however many requests to it are slow", async () => {
    const { held, let: answer } = slow();
    const egress = server.egress();
    const waiting = Array.from({ length: 80 }, () => egress.fetch(server.request("/slow"), owned("a")));
    await expect.poll(() => held.length).toBe(MAX_FETCHES_AT_ONCE);
    const { head, body } = await egress.fetch(server.request("/quick"), owned("b"));
    for await (const _ of body) void _;
    expect(head.status).toBe(200);
    expect(held.length).toBe(MAX_FETCHES_AT_ONCE);
    const timer = setInterval(answer, 5);
    for (const one of waiting) for await (const _ of (await one).body) void _;
    clearInterval(timer);
  });

  it("gives the place of a request up that was given up while it waited", async () => {
    const { held, let: answer } = slow();
    const egress = server.egress();
    const first = Array.from({ length: MAX_FETCHES_AT_ONCE }, () =>
      egress.fetch(server.request("/slow"), owned("a")),
    );
    await expect.poll(() => held.length).toBe(MAX_FETCHES_AT_ONCE);
    const gone = new AbortController();
    const waiting = egress.fetch(server.request("/slow", { signal: gone.signal }), owned("a"));
    gone.abort();
    expect(await codeOf(waiting)).toBe("cancelled");
    answer();
    for (const one of first) for await (const _ of (await one).body) void _;
    const { head } = await egress.fetch(server.request("/quick"), owned("a"));
    expect(head.status).toBe(200);
  });

  it.each([
    ["given up", "plain", async (_body: AsyncIterable<Uint8Array>, stop: AbortController) => stop.abort()],
    ["given up", "gzip", async (_body: AsyncIterable<Uint8Array>, stop: AbortController) => stop.abort()],
    ["left unread", "plain", leave],
    ["left unread", "gzip", leave],
  ] as const)("gives places up whose answers are %s, %s", async (_how, coding, end) => {
    // More than is held for a slow reader, and no end.
    const bytes = randomBytes(MiB);
    const sent = coding === "gzip" ? gzipSync(bytes).subarray(0, -10) : bytes;
    server.handler = (_request, response) => {
      if (coding === "gzip") response.setHeader("content-encoding", "gzip");
      response.write(sent);
    };
    const egress = server.egress();
    for (let round = 0; round < 3; round += 1) {
      const stop = new AbortController();
      const { signal } = stop;
      const asked = Array.from({ length: MAX_FETCHES_AT_ONCE }, () =>
        egress.fetch(server.request("/", { signal }), owned("a")),
      );
      for (const { body } of await Promise.all(asked)) await end(body, stop);
    }
  });

  it.each(["plain", "gzip"])(
    "gives places up at the deadline whose %s answers are there, and nobody reads on",
    async (coding) => {
      const coded = gzipSync(Buffer.alloc(MiB));
      server.handler = (_request, response) => {
        if (coding === "gzip") response.setHeader("content-encoding", "gzip");
        response.end(coding === "gzip" ? coded : "all of it");
      };
      const egress = server.egress({ deadlineMs: 1_500 });
      const ask = () => egress.fetch(server.request("/"), owned("a"));
      const held = await Promise.all(Array.from({ length: MAX_FETCHES_AT_ONCE }, ask));
      if (coding === "gzip") for (const { body } of held) await body[Symbol.asyncIterator]().next();
      const again = async () => {
        const asked = ask();
        const code = await codeOf(asked);
        if (code === "none") await leave((await asked).body);
        return code;
      };
      await expect.poll(again, { timeout: 10_000 }).toBe("none");
    },
  );

  it("bounds what waiting requests carry together", async () => {
    slow();
    const egress = server.egress();
    const body = Buffer.alloc(MAX_FETCH_REQUEST_BYTES);
    const sent = Array.from({ length: 1 + MAX_WAITING_REQUEST_BYTES / body.length }, () =>
      codeOf(egress.fetch(server.request("/slow", { method: "POST", body }), owned("a"))),
    );
    expect(await sent.at(-1)).toBe("fetch_too_large");
    await server.disconnect();
    await Promise.all(sent);
  });
});

describe("a body in zstd", () => {
  /** Answers with `bytes` zeroes, made with a window of 2 ** `log` bytes. */
  const coded = (log: number, bytes: number) => {
    server.handler = (_request, response) => {
      response.setHeader("content-encoding", "zstd");
      const coder = createZstdCompress({
        params: { [constants.ZSTD_c_windowLog]: log, [constants.ZSTD_c_contentSizeFlag]: 0 },
      });
      coder.pipe(response);
      coder.end(Buffer.alloc(bytes));
    };
  };

  it("is decoded with a window of up to 8 MiB", async () => {
    coded(23, 10 * 1024 * 1024);
    expect((await server.get("/")).text).toHaveLength(10 * 1024 * 1024);
  });

  it("is refused with a larger one, before memory for it is taken", async () => {
    coded(27, 1024);
    expect(await codeOf(server.get("/"))).toBe("fetch_failed");
  });
});

describe("a status text", () => {
  it("that JavaScript takes for no bytes is made some", async () => {
    server.handler = (_request, response) => {
      response.socket?.end("HTTP/1.1 200 Fünf €\r\ncontent-length: 2\r\n\r\nok");
    };
    const { head } = await server.get("/");
    expect(() => new Response(null, { status: 200, statusText: head.statusText })).not.toThrow();
  });
});
