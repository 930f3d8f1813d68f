import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fastify from "fastify";
import { expect, it } from "vitest";
import { clientGone, sendEvents } from "./event-stream.ts";

const FIRST_MS = 50;

it("has not lost a client whose request comes before the last answer of the connection has left", async () => {
  const app = fastify();
  const seen: string[] = [];
  app.get("/first", async () => {
    await sleep(FIRST_MS);
    return "first";
  });
  app.get("/second", async (_request, reply) => {
    seen.push(clientGone(reply).aborted ? "gone" : "there");
    return "second";
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  try {
    const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    socket.write(
      "GET /first HTTP/1.1\r\nhost: a\r\n\r\nGET /second HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    );
    await once(socket, "close");
    expect(text).toMatch(/first[\s\S]*second/);
    expect(seen).toEqual(["there"]);
  } finally {
    await app.close();
  }
});

it("learns that a client went away", async () => {
  const app = fastify();
  const gone = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  app.get("/", async (_request, reply) => {
    clientGone(reply).addEventListener("abort", () => gone.resolve());
    begun.resolve();
    await gone.promise;
    return "nobody";
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  try {
    const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await begun.promise;
    socket.destroy();
    await gone.promise;
  } finally {
    await app.close();
  }
});

it("listens for no more at the end of many events than at their beginning", async () => {
  const app = fastify();
  const counts: number[] = [];
  app.get("/", async (request, reply) => {
    const events = async function* () {
      for (let count = 0; count < 50; count += 1) {
        counts.push(reply.raw.listenerCount("close"));
        // More than fits, so that each one is waited for.
        yield { data: "x".repeat(64 * 1024) };
      }
    };
    await sendEvents(request, reply, events());
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  try {
    const response = await fetch(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`);
    await response.text();
    expect(counts).toHaveLength(50);
    expect(new Set(counts).size).toBe(1);
  } finally {
    await app.close();
  }
});
