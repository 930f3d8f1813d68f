import { fileURLToPath } from "node:url";
import { PatchbayError } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestRuntime, type TestRuntime } from "../testing/host.ts";

/** A guest that sends what no guest may send: what the host does when everything inside the sandbox has fallen. */
let runtime: TestRuntime;
let number = 0;

beforeAll(async () => {
  const guestFile = fileURLToPath(new URL("../testing/hostile-guest.js", import.meta.url));
  runtime = await openTestRuntime({ guestFile });
  runtime.host.answer = async ({ method }) => {
    if (method === "refused") throw new PatchbayError("quota_exceeded", "Too much.");
    return new Promise(() => undefined);
  };
});
afterAll(() => runtime.supervisor.close());

/** What the host may be held up, on a machine that others keep busy: a fifth of it is for an idle one. */
const MOST_STALL_MS = 500;

const failureOf = async (way: string): Promise<string> => {
  const spec = runtime.host.script("unused", {
    installationId: `i${number++}`,
    contributes: { tools: ["go"] },
    callSeconds: way.endsWith("without end") ? 10 : 2,
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
    "a list of very many",
    "a request of very many",
    "too many names",
    "a large request",
    "a large request that calls itself an answer",
  ])("%s", async (way) => {
    expect(await failureOf(way)).toBe("protocol_violation");
  });

  test.each([
    "too many host calls",
    "frames without end",
    "bytes without end",
    "standard error without end",
    "refused calls without end",
  ])("%s", async (way) => {
    // On a busy machine a guest may not come to send more than it may: then its call ends at its deadline.
    expect(await failureOf(way)).toMatch(/^(plugin_flooding|deadline_exceeded)$/);
  });

  test.each(["stream without credit", "stream of large values"])(
    "more of a stream than it was asked for: %s",
    async (input) => {
      const spec = runtime.host.script("unused", { installationId: input, contributes: { tools: ["go"] } });
      const call = { kind: "tools", name: "go", input } as const;
      const answer = await runtime.supervisor.call(spec, call);
      if (answer.kind !== "stream") throw new Error("No stream.");
      // Whoever reads meanwhile gives credits.
      const isLeft = () => runtime.supervisor.instances().some((one) => one.installationId === input);
      await expect.poll(isLeft).toBe(false);
      await expect(async () => {
        for await (const _ of answer.values);
      }).rejects.toMatchObject({ code: "protocol_violation" });
    },
  );
});

test("no frame holds the host up, whatever is in it", async () => {
  let longest = 0;
  let last = performance.now();
  const clock = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  for (const way of ["a list of very many", "a request of very many", "too many names", "deep JSON"]) {
    await failureOf(way);
  }
  clearInterval(clock);
  expect(longest).toBeLessThan(MOST_STALL_MS);
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
