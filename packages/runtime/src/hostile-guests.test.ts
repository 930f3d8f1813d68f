import { fileURLToPath } from "node:url";
import type { PatchbayError } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestRuntime, type TestRuntime } from "./testing/host.ts";

/** A guest that sends what no guest may send: what the host does when everything inside the sandbox has fallen. */
let runtime: TestRuntime;
let number = 0;

beforeAll(async () => {
  const guestFile = fileURLToPath(new URL("testing/hostile-guest.js", import.meta.url));
  runtime = await openTestRuntime({ guestFile });
  runtime.host.answer = () => new Promise(() => undefined);
});
afterAll(() => runtime.supervisor.close());

const failureOf = async (way: string): Promise<string> => {
  const spec = runtime.host.script("unused", {
    installationId: `i${number++}`,
    tools: ["go"],
    callSeconds: 2,
  });
  const error = await runtime.call(spec, "go", way).then(
    () => undefined,
    (thrown: PatchbayError) => thrown,
  );
  const isLeft = () =>
    runtime.supervisor.instances().some(({ installationId }) => installationId === spec.installationId);
  if (error?.code !== "deadline_exceeded") await expect.poll(isLeft, { timeout: 5_000 }).toBe(false);
  expect(runtime.faults).toEqual([]);
  return error?.code ?? "none";
};

describe("a guest is stopped, and its caller told, when it sends", () => {
  test.each([
    "garbage",
    "huge frame",
    "header beyond frame",
    "no JSON",
    "bad UTF-8",
    "JSON that is no object",
    "null",
    "unknown type",
    "inherited type",
    "no type",
    "foreign field",
    "another call's id",
    "negative id",
    "id that is text",
    "answer twice",
    "chunk before the stream",
    "end before the stream",
    "ready again",
    "loaded again",
    "deactivated",
    "pong unasked",
    "host call twice",
    "method too long",
    "deep JSON",
  ])("%s", async (way) => {
    expect(await failureOf(way)).toBe("protocol_violation");
  });

  test.each(["too many host calls", "frames without end", "bytes without end", "standard error without end"])(
    "%s",
    async (way) => {
      expect(await failureOf(way)).toBe("plugin_flooding");
    },
  );

  test("more of a stream than it was asked for", async () => {
    const spec = runtime.host.script("unused", { installationId: "stream", tools: ["go"] });
    const call = { kind: "tool", name: "go", input: "stream without credit" } as const;
    const answer = await runtime.supervisor.call(spec, call);
    if (answer.kind !== "stream") throw new Error("No stream.");
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expect(async () => {
      for await (const _ of answer.values) await new Promise((resolve) => setTimeout(resolve, 1));
    }).rejects.toMatchObject({ code: "protocol_violation" });
  });
});

describe("a guest that ends itself", () => {
  test.each(["exit", "exit in peace"])("%s is a crash to its caller", async (way) => {
    expect(await failureOf(way)).toBe("plugin_crashed");
  });

  test.each(["stop reading", "close its output"])(
    "or does not answer (%s) is ended at the deadline",
    async (way) => {
      expect(await failureOf(way)).toMatch(/^(deadline_exceeded|plugin_crashed)$/);
    },
  );
});
