import { expect, it } from "vitest";
import type { EndpointRequest } from "../../ports/endpoint-store.ts";
import type { World } from "../../world.ts";
import { RequestLog } from "./request-log.ts";

const WORLD = { log: { warn: () => undefined } } as unknown as World;
const requestOf = (id: number, endpointId = "one") =>
  ({ id: String(id), endpointId, at: new Date(id) }) as EndpointRequest;
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
