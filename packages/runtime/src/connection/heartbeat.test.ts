import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HEARTBEAT_GRACE_MS } from "../limits.ts";
import { ScriptedPeer } from "../testing/scripted-peer.ts";
import { createLinkedPair } from "../transport/linked-pair.ts";
import { Connection } from "./connection.ts";
import { Heartbeat } from "./heartbeat.ts";

const open = () => {
  const pair = createLinkedPair();
  const answers: boolean[] = [];
  const connection = new Connection(
    pair.host,
    (message) => void (message.t === "pong" && answers.push(heartbeat.hear(message.n))),
    (error) => {
      throw error;
    },
  );
  const heartbeat = new Heartbeat(connection);
  return { connection, heartbeat, answers, peer: new ScriptedPeer(pair.guest) };
};
const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
  // It gives up only after what has arrived was read.
  for (let turns = 0; turns < 5; turns++) await turn();
};

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

test("a guest that answers lives on", async () => {
  const { connection, heartbeat, answers, peer } = open();
  for (const n of [1, 2]) {
    heartbeat.beat();
    expect((await peer.hear("ping")).message.n).toBe(n);
    peer.say({ t: "pong", n });
    await expect.poll(() => answers).toHaveLength(n);
    await pass(HEARTBEAT_GRACE_MS * 2);
  }
  expect(answers).toEqual([true, true]);
  expect(connection.fault).toBeUndefined();
});

test("a guest that does not answer is ended after its time, not before", async () => {
  const { connection, heartbeat, peer } = open();
  heartbeat.beat();
  await peer.hear("ping");
  await pass(HEARTBEAT_GRACE_MS - 1);
  expect(connection.fault).toBeUndefined();
  await pass(1);
  expect(connection.fault?.code).toBe("plugin_crashed");
});

test("an answer to an earlier question is allowed, and is no sign of life now", async () => {
  const { connection, heartbeat, answers, peer } = open();
  heartbeat.beat();
  heartbeat.demandSignOfLife();
  peer.say({ t: "pong", n: 1 });
  await expect.poll(() => answers).toEqual([true]);
  await pass(HEARTBEAT_GRACE_MS);
  expect(connection.fault?.code).toBe("plugin_crashed");
});

test("an answer that nobody asked for is none", async () => {
  const { answers, peer } = open();
  peer.say({ t: "pong", n: 1 });
  await expect.poll(() => answers).toEqual([false]);
});
