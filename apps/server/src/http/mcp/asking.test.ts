import type { ServerContext } from "@modelcontextprotocol/server";
import { SecretBox } from "@patchbay/core";
import { type CallAsks, PatchbayError } from "@patchbay/protocol";
import { expect, it } from "vitest";
import { Asking, type AskingCall } from "./asking.ts";

const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
const HOUR_MS = 60 * 60 * 1000;
const CALL: AskingCall = {
  caller: "mia key 1",
  kind: "tools",
  plugin: "a.b",
  name: "c",
  input: { place: "Oslo" },
};
const questions = { sure: { method: "elicitation/create", params: { message: "Sure?" } } };
const yes = { action: "accept", content: { ok: true } };

let now = Date.now();
const box = new SecretBox([Buffer.alloc(32, 1)]);
const asking = new Asking(box, () => new Date(now));

const contextOf = (
  state?: unknown,
  inputResponses?: Readonly<Record<string, unknown>>,
  capabilities: object | null = { elicitation: {} },
): ServerContext =>
  ({
    mcpReq: {
      ...(capabilities !== null && { envelope: { [CAPABILITIES]: capabilities } }),
      requestState: () => state,
      inputResponses,
    },
  }) as unknown as ServerContext;

/** Asks once, and then answers with what it was given. */
const work = async (asks: CallAsks | undefined): Promise<unknown> => {
  if (asks?.given.length === 0) throw new PatchbayError("input_required", "", { facts: { questions } });
  return asks?.given;
};
const stateOf = async (call = CALL): Promise<string> =>
  ((await asking.answer(call, contextOf(), work)) as { requestState: string }).requestState;
const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => null,
    (error: { code: unknown }) => error.code,
  );

it("gives questions to the client, and its answers to the call that is made again", async () => {
  const asked = await asking.answer(CALL, contextOf(), work);
  expect(asked).toMatchObject({ resultType: "input_required", inputRequests: questions });
  const { requestState } = asked as { requestState: string };
  expect(await asking.answer(CALL, contextOf(requestState, { sure: yes, more: 1 }), work)).toEqual([
    { sure: yes },
  ]);
});

it.each([{}, { other: yes }, { sure: 7 }, { sure: { action: "maybe" } }])(
  "asks again where there is no answer: %j",
  async (responses) => {
    const again = await asking.answer(CALL, contextOf(await stateOf(), responses), work);
    expect(again).toMatchObject({ inputRequests: questions });
  },
);

it("takes no answers for another caller, tool or input, nor late ones, nor those of its own making", async () => {
  const state = await stateOf();
  const refused = async (call: AskingCall, given: unknown) =>
    await codeOf(asking.answer(call, contextOf(given, { sure: yes }), work));
  const others = [{ caller: "eve" }, { plugin: "a.x" }, { name: "d" }, { kind: "prompts" as const }];
  for (const other of [...others, { input: { place: "Bergen" } }])
    expect(await refused({ ...CALL, ...other }, state), JSON.stringify(other)).toBe(-32_602);
  for (const forged of [`${state}x`, state.slice(1), "", 7, "v1.a.b", "x".repeat(1_000_000)])
    expect(await refused(CALL, forged), String(forged).slice(0, 20)).toBe(-32_602);
  now += HOUR_MS + 1;
  expect(await refused(CALL, state)).toBe(-32_602);
});

it("has the client know what it would have to be able to do", async () => {
  const nobody = async () => {
    throw new PatchbayError("nobody_to_ask", "", { errors: [{ pointer: "/roots/list", message: "" }] });
  };
  for (const capabilities of [{}, { elicitation: { url: {} } }, { sampling: {} }])
    await expect(asking.answer(CALL, contextOf(undefined, {}, capabilities), nobody)).rejects.toMatchObject({
      code: -32_021,
      data: { requiredCapabilities: { roots: {} } },
    });
  await expect(asking.answer(CALL, contextOf(undefined, {}, null), nobody)).rejects.toMatchObject({
    code: "nobody_to_ask",
  });
});

it("bounds how often a call asks, and how much", async () => {
  const insists = async (): Promise<never> => {
    throw new PatchbayError("input_required", "", { facts: { questions } });
  };
  let state = await stateOf();
  let times = 1;
  for (; times < 20; times += 1) {
    const asked = await asking
      .answer(CALL, contextOf(state, { sure: yes }), insists)
      .catch((error: unknown) => error);
    if (asked instanceof PatchbayError) break;
    state = (asked as { requestState: string }).requestState;
  }
  expect(times).toBe(8);
  const long = { sure: { action: "accept", content: { text: "x".repeat(100_000) } } };
  const first = await stateOf();
  await expect(asking.answer(CALL, contextOf(first, long), insists)).rejects.toMatchObject({
    code: "plugin_error",
  });
});
