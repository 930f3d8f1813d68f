import type { ServerEvent } from "@modelcontextprotocol/server";
import { expect, it } from "vitest";
import { busOf } from "./list-changes.ts";

const EVENT: ServerEvent = { kind: "tools_list_changed" };

it("follows changes for who subscribes alone, until they leave", async () => {
  const signals: AbortSignal[] = [];
  const bus = busOf(async (signal) => {
    signals.push(signal);
    return (async function* () {
      yield EVENT;
    })();
  });
  expect(signals).toEqual([]);
  const heard: ServerEvent[] = [];
  const leave = bus.subscribe((event) => heard.push(event));
  await expect.poll(() => heard).toEqual([EVENT]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  leave();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});
