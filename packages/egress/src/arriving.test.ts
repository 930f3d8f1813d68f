import { once } from "node:events";
import { Agent } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Arriving, sendRequest } from "./arriving.ts";
import { echo, TestServer } from "./testing/test-server.ts";

const MiB = 1024 * 1024;
const server = new TestServer();
const agent = new Agent({ connections: 1 });
beforeAll(() => server.listen());
afterAll(async () => {
  await agent.destroy();
  await server.close();
});
afterEach(() => {
  server.handler = echo;
});

const ask = (signal: AbortSignal = AbortSignal.timeout(5_000)): Promise<Arriving> =>
  sendRequest(agent, { origin: `http://127.0.0.1:${server.port}`, path: "/", method: "GET" }, signal);

const textOf = async ({ body }: Arriving): Promise<string> =>
  Buffer.concat(await Array.fromAsync(body)).toString();

/** What the body's listener hears, as soon as it does. */
const closed = ({ body }: Arriving): Promise<unknown> => new Promise((resolve) => body.onClose(resolve));

describe("an answer that arrives", () => {
  it("has head and body, and leaves its connection to the next one", async () => {
    const sockets = new Set<unknown>();
    server.handler = ({ socket }, response) => {
      sockets.add(socket);
      response.writeHead(201, "Made", { "x-a": ["1", "2"] }).end("hello");
    };
    for (let count = 0; count < 3; count += 1) {
      const answer = await ask();
      expect(answer).toMatchObject({ statusCode: 201, statusText: "Made", headers: { "x-a": ["1", "2"] } });
      const end = closed(answer);
      expect(await textOf(answer)).toBe("hello");
      expect(await end).toBeUndefined();
    }
    expect(sockets.size).toBe(1);
  });

  it("is one piece where it comes in one turn", async () => {
    server.handler = (_request, response) => {
      response.cork();
      for (let count = 0; count < 50; count += 1) response.write(`part ${count};`);
      response.end();
    };
    expect((await Array.fromAsync((await ask()).body)).length).toBeLessThan(5);
  });

  it("waits for a slow reader with all but a little", async () => {
    const asked = Promise.withResolvers<NodeJS.WritableStream & { writableLength: number }>();
    server.handler = (_request, response) => {
      response.end(Buffer.alloc(20 * MiB));
      asked.resolve(response);
    };
    const answer = await ask();
    const response = await asked.promise;
    const sent = once(response, "finish").then(() => "sent");
    // What another server answers meanwhile shows that this one's time has come, too.
    const other = new Agent();
    for (let count = 0; count < 20; count += 1) {
      const { handler } = server;
      server.handler = echo;
      const origin = `http://127.0.0.1:${server.port}`;
      await textOf(
        await sendRequest(other, { origin, path: "/", method: "GET" }, AbortSignal.timeout(5_000)),
      );
      server.handler = handler;
    }
    await other.destroy();
    expect(response.writableLength).toBeGreaterThan(MiB);
    let bytes = 0;
    for await (const piece of answer.body) bytes += piece.length;
    expect(bytes).toBe(20 * MiB);
    expect(await sent).toBe("sent");
  });

  it("that is left is not sent on", async () => {
    const gone = Promise.withResolvers<string>();
    server.handler = (_request, response) => {
      response.write("first");
      response.once("close", () => gone.resolve(response.writableFinished ? "whole" : "broken off"));
    };
    const answer = await ask();
    const end = closed(answer);
    for await (const _ of answer.body) break;
    expect(await gone.promise).toBe("broken off");
    expect(await end).toBeUndefined();
    expect(await textOf(answer)).toBe("");
  });

  it("that is left unread is not sent on", async () => {
    const gone = Promise.withResolvers<void>();
    server.handler = (_request, response) => {
      response.write("first");
      response.once("close", gone.resolve);
    };
    (await ask()).body.leave();
    await gone.promise;
  });

  it("that breaks off says so after what has come before", async () => {
    server.handler = (_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    };
    const answer = await ask();
    const end = closed(answer);
    expect(Buffer.from((await answer.body.next()).value ?? "").toString()).toBe("half");
    await expect(answer.body.next()).rejects.toThrow("other side closed");
    expect(await end).toBeInstanceOf(Error);
  });

  it("ends with the reason of the signal, whether or not anybody reads, and whatever waits to be read", async () => {
    const gone = Promise.withResolvers<void>();
    server.handler = (_request, response) => {
      response.write("first");
      response.once("close", gone.resolve);
    };
    const stop = new AbortController();
    const answer = await ask(stop.signal);
    const reason = new Error("Nobody waits.");
    const end = closed(answer);
    stop.abort(reason);
    expect(await end).toBe(reason);
    await gone.promise;
    await expect(answer.body.next()).rejects.toBe(reason);
  });

  it("is not asked for when nobody waits, and not waited for once nobody does", async () => {
    let count = 0;
    const arrived = Promise.withResolvers<void>();
    server.handler = () => {
      count += 1;
      arrived.resolve();
    };
    const reason = new Error("Nobody waits.");
    await expect(ask(AbortSignal.abort(reason))).rejects.toBe(reason);
    const stop = new AbortController();
    const waiting = ask(stop.signal);
    void arrived.promise.then(() => stop.abort(reason));
    await expect(waiting).rejects.toBe(reason);
    expect(count).toBe(1);
  });

  it("does not wait for a connection for longer than anybody waits for it", async () => {
    const busy = Promise.withResolvers<() => void>();
    let count = 0;
    server.handler = (_request, response) => {
      count += 1;
      busy.resolve(() => response.end("late"));
    };
    const first = ask();
    const answer = await busy.promise;
    const reason = new Error("Nobody waits.");
    const stop = new AbortController();
    const second = ask(stop.signal);
    stop.abort(reason);
    await expect(second).rejects.toBe(reason);
    answer();
    expect(await textOf(await first)).toBe("late");
    server.handler = echo;
    expect((await ask()).statusCode).toBe(200);
    expect(count).toBe(1);
  });
});
