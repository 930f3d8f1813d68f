import type { CallDto } from "@patchbay/protocol";
import { expect, it } from "vitest";
import { chainTree } from "./chain-tree.ts";

const call = (id: string, parent: string | undefined, second: number, durationMs: number): CallDto => ({
  id,
  plugin: id,
  version: "1.0.0",
  kind: "tools",
  name: "run",
  chain: "a",
  durationMs,
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
  ...(parent !== undefined && { parent }),
});
const shown = (calls: readonly CallDto[]) =>
  chainTree(calls).calls.map(({ call: { id }, depth, afterMs }) => [id, depth, afterMs]);

it("a chain is a tree of calls, with when each began after the first", () => {
  const calls = [
    call("a", undefined, 0, 5_000),
    call("b", "a", 1, 100),
    call("c", "a", 2, 9_000),
    call("d", "b", 1, 1),
  ];
  expect(shown(calls)).toEqual([
    ["a", 0, 0],
    ["b", 1, 1_000],
    ["d", 2, 1_000],
    ["c", 1, 2_000],
  ]);
  expect(chainTree(calls).ms).toBe(11_000);
});

it("a call whose caller is not shown stands at the top, and no call hangs below itself", () => {
  expect(shown([call("b", "hidden", 3, 1)])).toEqual([["b", 0, 0]]);
  expect(shown([call("b", "b", 3, 1)])).toEqual([]);
  expect(chainTree([]).calls).toEqual([]);
});
