import { once } from "node:events";
import { readFile } from "node:fs/promises";
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { said } from "./support/model-plugin.ts";
import { chunk, WORDS } from "./support/model-upstream.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const PLUGIN = "/api/orgs/default/plugins/patchbay.openai";
const AT_ONCE = 1_000;
const PAUSE_MS = 150;
const MiB = 1024 * 1024;
/**
 * What the server may take more while so many streams are under way: 40 KiB of each are in use, and the rest is what the engine takes before
 * it collects. The same streams once more take no more than that and a little.
 */
const MOST_FOR_ALL = 512 * MiB;
const MOST_FOR_ALL_AGAIN = 256 * MiB;
const SLOW_READERS = 20;
/** What one of them may have under way: the buffers of the system on both sides of the server, and little in it. */
const MOST_WRITTEN_FOR_ONE = 24 * MiB;
const MOST_FOR_SLOW_READERS = 256 * MiB;

let parts: TestOrganization;
let upstream: Server;
let behaves: (response: ServerResponse) => unknown;
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });

beforeAll(async () => {
  upstream = createServer((incoming, response) => {
    incoming.resume();
    if (incoming.url?.endsWith("/models") === true) return void response.end('{"data":[{"id":"one"}]}');
    response.writeHead(200, { "content-type": "text/event-stream" });
    behaves(response);
  }).listen({ port: 0, host: "127.0.0.1", backlog: 2_000 });
  // One that closes what it has kept, at the moment at which it is used again, would be asked a second time.
  upstream.keepAliveTimeout = 10 * 60_000;
  await once(upstream, "listening");
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
  parts = await startOrganization({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  expect((await parts.owner.post(`${PLUGIN}/enable`)).status).toBe(200);
  const settings = { openai: { url, key: "sk" } };
  expect((await parts.owner.put(`${PLUGIN}/settings`, settings)).status).toBe(200);
});
afterAll(async () => {
  agent.destroy();
  upstream?.closeAllConnections();
  upstream?.close();
  await parts?.stop();
});

const FORMATS = [
  { path: "/v1/chat/completions", more: { messages: said("Hi") }, end: "data: [DONE]" },
  { path: "/v1/responses", more: { input: "Hi", store: false }, end: "event: response.completed" },
  { path: "/v1/messages", more: { messages: said("Hi"), max_tokens: 100 }, end: "event: message_stop" },
] as const;

const open = (format: (typeof FORMATS)[number]): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const asked = request(new URL(format.path, parts.server.url), {
      method: "POST",
      agent,
      headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json" },
    });
    asked.on("response", resolve).on("error", reject);
    asked.end(JSON.stringify({ model: "openai/one", stream: true, ...format.more }));
  });

/** Bytes of the server's memory; 0 where that is not told. */
const resident = async (): Promise<number> => {
  const status = await readFile(`/proc/${parts.server.pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
};

/** What `work` comes back with, with the most memory that the server had meanwhile, and what it has then. */
const atItsHeight = async <T>(
  work: () => Promise<T>,
): Promise<{ done: T; height: number; after: number }> => {
  let height = 0;
  let isDone = false;
  const watching = (async () => {
    for (; !isDone; await sleep(50)) height = Math.max(height, await resident());
  })();
  const done = await work().finally(() => {
    isDone = true;
  });
  await watching;
  return { done, height, after: await resident() };
};

const mebibytes = (bytes: number): string => `${Math.round(bytes / MiB)} MiB`;
const told = (what: string, [before, height, after]: readonly [number, number, number]): void =>
  void process.stdout.write(
    `${what}: ${mebibytes(before)} before, ${mebibytes(height)} at the height, ${mebibytes(after)} after\n`,
  );

/** Each stream of many: `whole`, or how it begins. */
const askAll = async (): Promise<readonly string[]> => {
  const all = Promise.withResolvers<void>();
  let under = 0;
  behaves = async (response) => {
    under += 1;
    if (under === AT_ONCE) all.resolve();
    response.write(chunk({ content: WORDS[0] }));
    // None ends before all are there.
    await all.promise;
    for (const content of WORDS.slice(1)) {
      await sleep(PAUSE_MS);
      response.write(chunk({ content }));
    }
    response.end(`${chunk({}, "stop")}data: [DONE]\n\n`);
  };
  return await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, index) => {
      const format = FORMATS[index % FORMATS.length] ?? FORMATS[0];
      const answer = await open(format);
      let text = "";
      for await (const part of answer) text += part;
      const isWhole = WORDS.every((word) => text.includes(word)) && text.includes(format.end);
      return answer.statusCode === 200 && isWhole ? "whole" : text.slice(0, 300);
    }),
  );
};

describe("the gateway", () => {
  it(`serves ${AT_ONCE} streams at once, all of them whole, in bounded memory`, async () => {
    const before = await resident();
    const first = await atItsHeight(askAll);
    const again = await atItsHeight(askAll);
    told(`${AT_ONCE} streams`, [before, first.height, first.after]);
    told("the same once more", [first.after, again.height, again.after]);
    expect([...first.done, ...again.done].filter((one) => one !== "whole")).toEqual([]);
    if (process.platform === "linux") {
      expect(first.height - before).toBeLessThan(MOST_FOR_ALL);
      expect(again.height - first.height).toBeLessThan(MOST_FOR_ALL_AGAIN);
    }
    const { total } = await parts.client.usage.get({ by: "model" });
    expect(total).toMatchObject({ requests: 2 * AT_ONCE, failures: 0 });
  });

  it("holds back servers whose clients read slowly, in bounded memory", async () => {
    let written = 0;
    behaves = (response) => {
      const text = chunk({ content: "x".repeat(16 * 1024) });
      const pour = (): void => {
        while (!response.destroyed && response.write(text)) written += text.length;
      };
      response.on("drain", pour);
      pour();
    };
    const before = await resident();
    const { done, height, after } = await atItsHeight(async () => {
      const answers = await Promise.all(
        Array.from({ length: SLOW_READERS }, (_, index) =>
          open(FORMATS[index % FORMATS.length] ?? FORMATS[0]),
        ),
      );
      let last = -1;
      // Nothing more is written: all that lies between is full.
      const isStill = (): boolean => {
        const still = written === last;
        last = written;
        return still;
      };
      await expect.poll(isStill, { interval: 500, timeout: 60_000 }).toBe(true);
      return answers;
    });
    told(`${SLOW_READERS} readers that read nothing`, [before, height, after]);
    process.stdout.write(`${mebibytes(written / SLOW_READERS)} each were written until it stopped\n`);
    if (process.platform === "linux") expect(height - before).toBeLessThan(MOST_FOR_SLOW_READERS);
    expect(written / SLOW_READERS).toBeLessThan(MOST_WRITTEN_FOR_ONE);
    for (const answer of done) answer.destroy();
  });
});
