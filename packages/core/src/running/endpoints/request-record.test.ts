import { expect, it } from "vitest";
import type { Endpoint } from "../../ports/endpoint-store.ts";
import type { World } from "../../world.ts";
import { RequestBody } from "./bodies.ts";
import type { OutsideRequest } from "./outside.ts";
import { RequestRecord } from "./request-record.ts";

const WORLD = { newId: () => "one", now: () => new Date(0) } as World;
const chunks = async function* (count: number, fault?: Error): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < count; sent += 1) yield Buffer.from("ab");
  if (fault !== undefined) throw fault;
};
const bodyOf = async (
  source: AsyncGenerator<Uint8Array> | null,
  { keepsBodies = true, read = Number.POSITIVE_INFINITY, maxBytes = 200_000 } = {},
): Promise<string | null> => {
  const request = { method: "POST", path: "", query: "", headers: [], body: source };
  const record = new RequestRecord(
    { keepsBodies } as Endpoint,
    request as unknown as OutsideRequest,
    null,
    WORLD,
  );
  if (source !== null) {
    const pieces = new RequestBody(source, maxBytes, record).pieces();
    try {
      for (let come = 0; come < read; come += 1) if ((await pieces.next()).done === true) break;
    } catch {
      // What is said of it is another's matter.
    }
  }
  const { body } = record.ended(200, null);
  return body && Buffer.from(body).toString();
};

it("keeps a body that has come whole, and none of another", async () => {
  expect(await bodyOf(chunks(2))).toBe("abab");
  expect(await bodyOf(chunks(0))).toBe("");
  expect(await bodyOf(null)).toBe("");
  expect(await bodyOf(null, { keepsBodies: false })).toBe("");
  expect(await bodyOf(chunks(2), { keepsBodies: false })).toBeNull();
  expect(await bodyOf(chunks(2), { read: 0 })).toBeNull();
  expect(await bodyOf(chunks(2), { read: 1 })).toBeNull();
  expect(await bodyOf(chunks(2), { maxBytes: 3 })).toBeNull();
  expect(await bodyOf(chunks(2, new Error("broken off")))).toBeNull();
  expect(await bodyOf(chunks(40_000))).toBeNull();
});
