import { type ChatEvent, type ModelError, type ModelErrorCode, PatchbayError } from "@patchbay/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { Breakers } from "./breakers.ts";
import { BREAKER_FAILURES, MAX_RESUMED_LENGTH } from "./limits.ts";
import { type Candidate, RoutedAnswer } from "./routed-answer.ts";

type Told = readonly ChatEvent[] | Error;

const text = (said: string): ChatEvent => ({ type: "text", text: said });
const start = (model: string): ChatEvent => ({ type: "start", model });
const FINISH: ChatEvent = { type: "finish", reason: "stop" };
const failure = (code: ModelErrorCode, more: Partial<ModelError> = {}): ChatEvent => ({
  type: "error",
  error: { code, message: `It was ${code}.`, ...more },
});
const GOOD = [start("m"), text("Hello"), FINISH];

let breakers: Breakers;
/** Who was asked, in this order. */
let asked: string[];

beforeEach(() => {
  breakers = new Breakers();
  asked = [];
});

/** A model that tells these, one each time that it is asked, the last of them again and again. */
const model = (name: string, ...told: Told[]): Candidate => ({
  asked: { provider: "p", name, plugin: "a.a", isOurs: true },
  key: name,
  ask: async () => {
    const turn = asked.filter((one) => one === name).length;
    asked.push(name);
    const answer = told[Math.min(turn, told.length - 1)] ?? [];
    if (answer instanceof Error) throw answer;
    return (async function* () {
      for (const event of answer) yield [event];
    })();
  },
});

const answerOf = (
  candidates: readonly [Candidate, ...Candidate[]],
  { retries = 0, output = "text" as const, signal = new AbortController().signal } = {},
) => new RoutedAnswer(candidates, { output: { type: output } }, { retries, breakers }, signal);

const readAll = async (answer: RoutedAnswer): Promise<ChatEvent[]> =>
  (await Array.fromAsync(answer.events)).flat();
const textIn = (events: readonly ChatEvent[]): string =>
  events.map((event) => (event.type === "text" ? event.text : "")).join("");

describe("a model that fails", () => {
  it.each(["rate_limited", "overloaded", "upstream_failed", "malformed", "empty", "cut"] as const)(
    "for a moment (%s) is asked again, and its client reads nothing of it",
    async (code) => {
      const answer = answerOf([model("a", [start("m"), failure(code)], GOOD)], { retries: 1 });
      expect(await readAll(answer)).toEqual(GOOD);
      expect(asked).toEqual(["a", "a"]);
    },
  );

  it.each(["invalid_request", "context_too_long", "content_filter"] as const)(
    "since it must not answer (%s) is asked once, and nobody else is",
    async (code) => {
      const answer = answerOf([model("a", [failure(code)]), model("b", GOOD)], { retries: 3 });
      expect(await readAll(answer)).toEqual([failure(code)]);
      expect(asked).toEqual(["a"]);
      expect(answer.answering.name).toBe("a");
    },
  );

  it.each(["key_refused", "access_refused", "model_not_found", "timeout", "too_large"] as const)(
    "and would again (%s) is not asked again, but the next one is",
    async (code) => {
      const answer = answerOf([model("a", [failure(code)]), model("b", GOOD)], { retries: 3 });
      expect(await readAll(answer)).toEqual(GOOD);
      expect(asked).toEqual(["a", "b"]);
      expect(answer.answering.name).toBe("b");
    },
  );

  it("is asked as often as the rules say, and then its failure is told", async () => {
    const answer = answerOf([model("a", [failure("overloaded")])], { retries: 2 });
    expect(await readAll(answer)).toEqual([failure("overloaded")]);
    expect(asked).toEqual(["a", "a", "a"]);
  });

  it("is waited for as long as it says, or not at all where that is long", async () => {
    const began = performance.now();
    const answer = answerOf([model("a", [failure("rate_limited", { retryAfterSeconds: 0.3 })], GOOD)], {
      retries: 1,
    });
    expect(await readAll(answer)).toEqual(GOOD);
    expect(performance.now() - began).toBeGreaterThanOrEqual(290);
    const limited = failure("rate_limited", { retryAfterSeconds: 60 });
    expect(await readAll(answerOf([model("c", [limited])], { retries: 5 }))).toEqual([limited]);
    expect(asked).toEqual(["a", "a", "c"]);
  });

  it("says what it failed with, and not what a fallback thought of the request", async () => {
    const answer = answerOf([
      model("a", [failure("upstream_failed")]),
      model("b", [failure("invalid_request")]),
      model("c", [failure("overloaded")]),
    ]);
    expect(await readAll(answer)).toEqual([failure("upstream_failed")]);
    expect(asked).toEqual(["a", "b", "c"]);
  });

  it("leads to no fallback round a filter of a fallback", async () => {
    const answer = answerOf([
      model("a", [failure("upstream_failed")]),
      model("b", [failure("content_filter")]),
      model("c", GOOD),
    ]);
    expect(await readAll(answer)).toEqual([failure("content_filter")]);
  });

  it("leads to no other model where the caller has used up a budget", async () => {
    const refusal = new PatchbayError("rate_limited", "That is all for today.");
    await expect(readAll(answerOf([model("a", refusal), model("b", GOOD)]))).rejects.toBe(refusal);
    expect(asked).toEqual(["a"]);
  });

  it("throws what keeps the caller from it, unless another model answers", async () => {
    const refusal = new PatchbayError("plugin_not_installed", "It is gone.");
    expect(await readAll(answerOf([model("a", refusal), model("b", GOOD)]))).toEqual(GOOD);
    await expect(readAll(answerOf([model("c", refusal), model("d", [failure("timeout")])]))).rejects.toBe(
      refusal,
    );
  });
});

describe("an answer that breaks off", () => {
  const cut = [start("m"), text("one two "), failure("cut")];

  it("after text alone is given whole by the next model, of which nothing is read twice", async () => {
    const answer = answerOf([
      model("a", cut),
      model("b", [start("n"), text("one "), text("two three"), FINISH]),
    ]);
    const events = await readAll(answer);
    expect(textIn(events)).toBe("one two three");
    expect(events.at(-1)).toEqual(FINISH);
    expect(answer.answering.name).toBe("b");
    expect(events.filter(({ type }) => type === "error")).toEqual([]);
    expect(asked).toEqual(["a", "b"]);
  });

  it("is followed by the whole answer of the next model where that says something else", async () => {
    const other = [text("one "), text("more "), text("thing"), FINISH];
    expect(textIn(await readAll(answerOf([model("a", cut), model("b", other)])))).toBe(
      "one two \n\none more thing",
    );
    const shorter = [text("one"), FINISH];
    expect(textIn(await readAll(answerOf([model("c", cut), model("d", shorter)])))).toBe("one two \n\none");
  });

  it("is never asked for again of the same model, since that would say it twice", async () => {
    expect(await readAll(answerOf([model("a", cut, GOOD)], { retries: 5 }))).toEqual(cut);
    expect(asked).toEqual(["a"]);
  });

  it.each<[string, ChatEvent]>([
    ["a tool call", { type: "tool_call", id: "1", name: "f" }],
    ["reasoning", { type: "reasoning", text: "hm" }],
    ["a refusal", { type: "refusal", text: "no" }],
  ])("after %s ends as a failure", async (_, event) => {
    const answer = answerOf([model("a", [text("one"), event, failure("cut")]), model("b", GOOD)]);
    expect(await readAll(answer)).toEqual([text("one"), event, failure("cut")]);
    expect(asked).toEqual(["a"]);
  });

  it("within JSON ends as a failure, since nobody could read what follows", async () => {
    const answer = answerOf([model("a", cut), model("b", GOOD)], { output: "json" as never });
    expect(await readAll(answer)).toEqual(cut);
  });

  it("may break off twice, and is whole in the end", async () => {
    const events = await readAll(
      answerOf([
        model("a", cut),
        model("b", [text("one two three "), failure("cut")]),
        model("c", [text("one two three four"), FINISH]),
      ]),
    );
    expect(textIn(events)).toBe("one two three four");
    expect(events.at(-1)).toEqual(FINISH);
  });

  it("is not ended by a model that says nothing, as if it were whole", async () => {
    const silent = [start("n"), text(""), FINISH];
    const events = await readAll(answerOf([model("a", cut), model("b", silent)]));
    expect(textIn(events)).toBe("one two ");
    expect(events.at(-1)).toEqual(failure("cut"));
    expect(textIn(await readAll(answerOf([model("c", cut), model("d", silent), model("e", GOOD)])))).toBe(
      "one two \n\nHello",
    );
  });

  it("ends as a filter ended the answer that replaces it", async () => {
    const filtered: ChatEvent = { type: "finish", reason: "content_filter" };
    const events = await readAll(answerOf([model("a", cut), model("b", [filtered]), model("c", GOOD)]));
    expect(events.at(-1)).toEqual(filtered);
    expect(asked).toEqual(["a", "b"]);
  });

  it("is compared with what replaces it in time for that alone, however long it is", async () => {
    const words = Array.from({ length: 20_000 }, () => text("word "));
    const began = performance.now();
    const events = await readAll(
      answerOf([model("a", [...words, failure("cut")]), model("b", [...words, text("end"), FINISH])]),
    );
    expect(textIn(events)).toHaveLength(100_003);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("is not replaced where it was longer than what is held for that", async () => {
    const long = Array.from({ length: MAX_RESUMED_LENGTH / 2 ** 20 + 1 }, () => text("x".repeat(2 ** 20)));
    const events = await readAll(answerOf([model("a", [...long, failure("cut")]), model("b", GOOD)]));
    expect(events.at(-1)).toEqual(failure("cut"));
    expect(asked).toEqual(["a"]);
  });

  it("without an end of any kind is one that broke off", async () => {
    expect((await readAll(answerOf([model("a", [text("one")])]))).at(-1)).toMatchObject({
      error: { code: "cut" },
    });
  });
});

it("holds of what says nothing only the last, for however long it is said", async () => {
  const usage = (inputTokens: number): ChatEvent => ({
    type: "usage",
    usage: { inputTokens, outputTokens: 0 },
  });
  const silent = Array.from({ length: 1_000 }, (_, at) => [start(`m${at}`), usage(at)]).flat();
  const events = await readAll(answerOf([model("a", [...silent, text("Hello"), FINISH])]));
  expect(events).toEqual([start("m999"), usage(999), text("Hello"), FINISH]);
});

describe("a model whose answers fail", () => {
  it("is passed over where there is another one, and asked all the same where there is none", async () => {
    const bad = model("a", [failure("overloaded")]);
    for (let time = 0; time < BREAKER_FAILURES; time++) await readAll(answerOf([bad]));
    asked = [];
    expect(await readAll(answerOf([bad, model("b", GOOD)]))).toEqual(GOOD);
    expect(asked).toEqual(["b"]);
    expect(await readAll(answerOf([bad]))).toEqual([failure("overloaded")]);
  });

  it("is none where the client, the key or the settings are at fault, or the client has left", async () => {
    const wrong = model("a", [failure("invalid_request")]);
    const refused = model("a", [failure("key_refused")]);
    for (let time = 0; time < BREAKER_FAILURES * 2; time++) {
      await readAll(answerOf([wrong]));
      await readAll(answerOf([refused]));
      for await (const _ of answerOf([model("a", GOOD)]).events) break;
    }
    expect(breakers.restOf("a")).toBe(0);
  });
});

it("is left at once by a client that goes while a pause lasts", async () => {
  const stop = new AbortController();
  const limited = failure("rate_limited", { retryAfterSeconds: 4 });
  const reading = readAll(answerOf([model("a", [limited])], { retries: 5, signal: stop.signal }));
  await expect.poll(() => asked.length).toBe(1);
  stop.abort();
  await reading;
  expect(asked).toEqual(["a"]);
});

it("ends the model's answer when its reader leaves", async () => {
  let hasEnded = false;
  const candidate: Candidate = {
    ...model("a"),
    ask: async () =>
      (async function* () {
        try {
          for (;;) yield [text("on and on")];
        } finally {
          hasEnded = true;
        }
      })(),
  };
  for await (const _ of answerOf([candidate]).events) break;
  expect(hasEnded).toBe(true);
});
