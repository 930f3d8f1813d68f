import type { ServerEvent } from "@modelcontextprotocol/server";
import { expect, it } from "vitest";
import { busOf } from "./list-changes.ts";

const EVENT: ServerEvent = { kind: "tools_list_changed" };

it("tells whoever subscribes what changes, until they leave", async () => {
  const steps = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const events = async function* () {
    for (const { promise } of steps) {
      await promise;
      yield EVENT;
    }
  };
  const heard: ServerEvent[] = [];
  const told = events();
  const leave = busOf(told).subscribe((event) => heard.push(event));
  steps[0].resolve();
  await expect.poll(() => heard).toEqual([EVENT]);
  leave();
  steps[1].resolve();
  // The generator has been left, and so is done.
  expect(await told.next()).toEqual({ done: true, value: undefined });
  expect(heard).toEqual([EVENT]);
});
