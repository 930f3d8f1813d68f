import { expect, it } from "vitest";
import type { EndpointRequest } from "../../ports/endpoint-store.ts";
import type { World } from "../../world.ts";
import { RequestLog } from "./request-log.ts";

const WORLD = { log: { warn: () => undefined } } as unknown as World;
const requestOf = (id: number, endpointId = "one") =>
  ({
    id: String(id),
    endpointId,
    at: new Date(id),
    path: "",
    query: "",
    headers: [],
    message: null,
    body: null,
  }) as unknown as EndpointRequest;
const idsOf = (requests: readonly EndpointRequest[]) => requests.map(({ id }) => Number(id));

it("writes down the newest of many, and nobody who is refused pushes out who is let in", async () => {
  const written: EndpointRequest[] = [];
  const log = new RequestLog({ addRequests: async (requests) => void written.push(...requests) }, WORLD);
  for (let id = 0; id < 150; id += 1) log.add(requestOf(id), true);
  for (let id = 150; id < 1_000; id += 1) log.add(requestOf(id), false);
  log.add(requestOf(1_000, "two"), true);
  await log.flush();
  const ids = idsOf(written);
  expect(ids).toHaveLength(111);
  expect(ids.slice(0, 2)).toEqual([50, 51]);
  expect(ids.slice(-2)).toEqual([999, 1_000]);
  await log.flush();
  expect(written).toHaveLength(111);
});

it("goes on when something could not be written down", async () => {
  let failing = true;
  const written: EndpointRequest[] = [];
  const addRequests = async (requests: readonly EndpointRequest[]) => {
    if (failing) throw new Error("away");
    written.push(...requests);
  };
  const log = new RequestLog({ addRequests }, WORLD);
  log.add(requestOf(1), true);
  await log.flush();
  failing = false;
  log.add(requestOf(2), true);
  await log.flush();
  expect(idsOf(written)).toEqual([2]);
});

it("takes no more memory than it may for a slow database, and writes down the newest then", async () => {
  const hasBegun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const written: EndpointRequest[][] = [];
  const warnings: object[] = [];
  const addRequests = async (requests: readonly EndpointRequest[]) => {
    hasBegun.resolve();
    await held.promise;
    written.push([...requests]);
  };
  const world = { log: { warn: (facts: object) => void warnings.push(facts) } } as unknown as World;
  const log = new RequestLog({ addRequests }, world);
  log.add(requestOf(0), true);
  const flushes = [log.flush()];
  await hasBegun.promise;
  // A flush that waits for its turn takes nothing until then.
  for (let id = 1; id <= 300; id += 1) {
    log.add(requestOf(id), true);
    if (id % 100 === 0) flushes.push(log.flush());
  }
  const body = Buffer.alloc(1024 * 1024);
  for (let id = 301; id <= 320; id += 1) log.add({ ...requestOf(id, "large"), body }, true);
  held.resolve();
  await Promise.all(flushes);
  const [first, second, ...more] = written.map(idsOf);
  expect([first, more]).toEqual([[0], []]);
  expect(second?.slice(0, 2)).toEqual([201, 202]);
  expect(second).toHaveLength(115);
  expect(warnings).toEqual([{ requests: 5 }]);
  log.add({ ...requestOf(400, "large"), body }, true);
  await log.flush();
  expect(written.map(idsOf).at(-1)).toEqual([400]);
});
