import {
  type ContributionInForce,
  DEFAULT_MODEL_RULES,
  DEFAULT_POLICY,
  type Invocation,
  type ModelRules,
  type PluginAnswer,
  type Principal,
} from "@patchbay/core";
import {
  type ChatEvent,
  type ChatRequest,
  type ModelKind,
  PatchbayError,
  type ProviderCall,
} from "@patchbay/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import type { MemberCaller } from "./ask-provider.ts";
import { Models } from "./models.ts";

/** What the providers of these plugins answer, by `plugin:name`. */
type Answers = Record<string, (call: ProviderCall) => PluginAnswer | Promise<PluginAnswer>>;

const value = (told: unknown): PluginAnswer => ({ kind: "value", value: told });
const stream = (...values: unknown[]): PluginAnswer => ({
  kind: "stream",
  values: (async function* () {
    yield* values;
  })(),
});

const caller: MemberCaller = {
  by: {
    principal: {
      kind: "person",
      user: { id: "ada" },
      key: null,
      memberships: [
        {
          organization: { id: "1", slug: "org" },
          role: "member",
          policy: DEFAULT_POLICY,
          projects: new Map(),
        },
      ],
    } as unknown as Principal,
    organization: "org",
  },
  project: undefined,
  signal: new AbortController().signal,
};
const SINCE = new Date(0);
const REQUEST = { messages: [{ role: "user" as const, parts: [{ type: "text" as const, text: "Hi" }] }] };

let answers: Answers;
let calls: Invocation[];
let lists: number;
let kinds: ModelKind[];
let models: Models;
let rules: ModelRules;
/** What was logged. */
let told: unknown[];
let upstream: "direct" | undefined;
let pass: (request: ChatRequest) => ChatRequest;
/** What servers were asked to count. */
let counted: ChatRequest[];

beforeEach(() => {
  upstream = undefined;
  pass = (request) => request;
  counted = [];
  answers = {};
  calls = [];
  lists = 0;
  kinds = ["chat", "embeddings"];
  told = [];
  rules = { ...DEFAULT_MODEL_RULES, retries: 0 };
  models = new Models({
    rules: { of: async () => rules },
    hooks: { pass: async (_caller, request) => pass(request) },
    accounts: { reserve: async () => ({ events: (events) => events, settle: () => undefined }) },
    log: { warn: (facts, message) => told.push([facts.plugin, message]) },
    inForce: {
      listUsable: async () => {
        lists += 1;
        return Object.keys(answers).map((name) => {
          const [plugin = "", provider = ""] = name.split(":");
          return {
            installation: {
              id: `installation of ${plugin}`,
              pluginId: plugin,
              revision: 1,
              scope: { projects: "all" },
              createdAt: SINCE,
            },
            entry: { name: provider, kinds, ...(upstream && { upstream }) },
          };
        }) as unknown as ContributionInForce<never>[];
      },
    },
    gateway: {
      call: async (_by, invocation) => {
        calls.push(invocation);
        const answer = answers[`${invocation.plugin}:${invocation.name}`];
        if (answer === undefined) throw new PatchbayError("plugin_not_installed", "It is gone.");
        return await answer(invocation.input as ProviderCall);
      },
      requireReach: async () => undefined,
      admit: async () => Promise.reject(new PatchbayError("plugin_not_installed", "It is gone.")),
    },
    upstreams: {
      chat: async () => value(null),
      embed: async () => value(null),
      test: async () => value(0),
      count: async (_caller, _provider, request) => {
        counted.push(request);
        return 7;
      },
      forget: () => undefined,
    },
  });
});

const eventsOf = async (model: string): Promise<ChatEvent[]> => {
  const answer = await models.chat(caller, { model, ...REQUEST });
  return (await Array.fromAsync(answer.events)).flat();
};
const lastOf = async (model: string) => (await eventsOf(model)).at(-1);

describe("a question that has come through providers", () => {
  const asked = async (path: readonly string[]) => {
    const answer = await models.chat({ ...caller, path }, { model: "one/x", ...REQUEST });
    return (await Array.fromAsync(answer.events)).flat();
  };

  it("goes on to the next with its way, and not through more than eight of them", async () => {
    answers["a.a:one"] = () => stream({ type: "finish", reason: "stop" });
    await asked(["b.b:two"]);
    expect(calls.at(-1)?.path).toEqual(["b.b:two", "a.a:one"]);
    const seven = Array.from({ length: 7 }, (_, place) => `b.b:${place}`);
    await asked(seven);
    const refusal = { code: "call_loop", message: expect.stringContaining("b.b:7 → a.a:one.") };
    await expect(asked([...seven, "b.b:7"])).rejects.toMatchObject(refusal);
  });

  it("never comes back to one of them, which is not listed for it either", async () => {
    answers["a.a:one"] = () => value([{ name: "x", kind: "chat" }]);
    await expect(asked(["a.a:one", "b.b:two"])).rejects.toThrow("a.a:one → b.b:two → a.a:one");
    expect(await models.list({ ...caller, path: ["a.a:one"] })).toEqual([]);
    expect(calls).toEqual([]);
    expect(await models.list(caller)).toHaveLength(1);
  });
});

describe("a model is named", () => {
  it("by its provider and its own name, which may have slashes", async () => {
    answers["a.a:one"] = () => stream({ type: "finish", reason: "stop" });
    await eventsOf("one/vendor/model:free");
    expect(calls[0]).toMatchObject({
      plugin: "a.a",
      name: "one",
      input: { request: { model: "vendor/model:free" } },
    });
  });

  it("with its plugin where two have a provider of the name, and is refused without", async () => {
    answers["a.a:one"] = () => value([{ name: "x", kind: "chat" }]);
    answers["b.b:one"] = (call) =>
      call.ask === "list" ? value([]) : stream({ type: "finish", reason: "stop" });
    await expect(eventsOf("one/x")).rejects.toThrow("say a.a:one or b.b:one");
    await eventsOf("b.b:one/x");
    expect(calls.at(-1)?.plugin).toBe("b.b");
    expect(await models.list(caller)).toEqual([
      { id: "a.a:one/x", plugin: "a.a", since: SINCE, kind: "chat" },
    ]);
  });

  it("without a provider where a single one lists it", async () => {
    answers["a.a:one"] = (call) =>
      call.ask === "list" ? value([{ name: "x", kind: "chat" }]) : stream({ type: "finish", reason: "stop" });
    answers["b.b:two"] = () => value([{ name: "y", kind: "chat" }]);
    expect(await lastOf("x")).toEqual({ type: "finish", reason: "stop" });
    await expect(eventsOf("z")).rejects.toMatchObject({ code: "model_not_found" });
    answers["b.b:two"] = () => value([{ name: "x", kind: "chat" }]);
    models.settingsChanged("installation of b.b");
    await expect(eventsOf("x")).rejects.toThrow("say one/x or two/x");
  });

  it("in vain where the provider has no models of the kind, or is not there", async () => {
    answers["a.a:one"] = () => value([]);
    kinds = ["embeddings"];
    await expect(eventsOf("one/x")).rejects.toMatchObject({ code: "model_not_found" });
    await expect(eventsOf("two/x")).rejects.toThrow('no model provider "two" here; there is one.');
  });
});

describe("a name that stands for models which the caller does not see", () => {
  it("is refused without a word of them", async () => {
    answers["a.a:one"] = () => value([{ name: "x", kind: "chat" }]);
    rules = {
      ...rules,
      allowed: ["one/*"],
      defaultModel: "smart",
      aliases: [{ name: "smart", models: ["secret/project-x"] }],
    };
    for (const name of ["smart", "default"]) {
      const refused = { code: "model_not_found", message: expect.not.stringMatching(/secret|project-x/) };
      await expect(lastOf(name)).rejects.toMatchObject(refused);
      await expect(models.get(caller, name)).rejects.toMatchObject(refused);
    }
    rules = { ...rules, allowed: [], aliases: [{ name: "smart", models: ["one/project-x"] }] };
    await expect(lastOf("smart")).rejects.toMatchObject({
      code: "forbidden",
      message: expect.not.stringContaining("project-x"),
    });
    await expect(lastOf("one/x")).rejects.toMatchObject({ message: expect.stringContaining("one/x") });
  });
});

describe("a list of models", () => {
  it("has those of every provider that can tell; who cannot is logged", async () => {
    answers["a.a:one"] = () => value([{ name: "x", kind: "chat", contextWindow: 10 }]);
    answers["b.b:two"] = () => Promise.reject(new PatchbayError("plugin_error", "The key is wrong."));
    answers["c.c:three"] = () => value([{ name: "x", kind: "dance" }]);
    const model = { id: "one/x", plugin: "a.a", since: SINCE, kind: "chat", contextWindow: 10 };
    expect(await models.list(caller)).toEqual([model]);
    expect(told).toEqual([
      ["b.b", "a provider did not tell its models"],
      ["c.c", "a provider did not tell its models"],
    ]);
  });

  it("is asked of a provider once in a while, and anew when its settings change", async () => {
    answers["a.a:one"] = () => value([]);
    await models.list(caller);
    await models.list(caller);
    expect(calls).toHaveLength(1);
    models.settingsChanged("installation of a.a");
    await models.list(caller);
    expect(calls).toHaveLength(2);
  });
});

describe("a provider that does not tell its models", () => {
  it("is not asked again at once, and keeps nobody from another's", async () => {
    answers["a.a:one"] = () => Promise.reject(new PatchbayError("plugin_error", "The key is wrong."));
    answers["b.b:two"] = () => value([{ name: "x", kind: "chat" }]);
    await models.list(caller);
    expect(await models.list(caller)).toHaveLength(1);
    expect(told).toHaveLength(1);
    expect(calls.filter(({ plugin }) => plugin === "a.a")).toHaveLength(1);
    expect(await models.get(caller, "two/x")).toMatchObject({ id: "two/x" });
    await expect(models.get(caller, "two/y")).rejects.toMatchObject({ code: "model_not_found" });
    await expect(models.get(caller, "two/")).rejects.toMatchObject({ code: "model_not_found" });
    // Whether it has the model is not known.
    await expect(eventsOf("z")).rejects.toMatchObject({
      code: "unavailable",
      facts: { retryAfterSeconds: 10 },
    });
  });

  it("is asked once by all who ask meanwhile, also when the first of them leaves", async () => {
    const { promise, resolve } = Promise.withResolvers<PluginAnswer>();
    answers["a.a:one"] = () => promise;
    const leaving = new AbortController();
    const asking = [models.list({ ...caller, signal: leaving.signal }), models.list(caller)];
    await expect.poll(() => calls.length).toBe(1);
    leaving.abort();
    resolve(value([{ name: "x", kind: "chat" }]));
    for (const found of await Promise.all(asking)) expect(found).toHaveLength(1);
    expect(calls).toHaveLength(1);
  });
});

describe("providers", () => {
  it("are looked for once for a caller, anew for one that was not there, and when plugins change", async () => {
    answers["a.a:one"] = () => stream({ type: "finish", reason: "stop" });
    await eventsOf("one/x");
    await eventsOf("one/x");
    expect(lists).toBe(1);
    answers["b.b:two"] = () => stream({ type: "finish", reason: "stop" });
    await eventsOf("two/x");
    expect(lists).toBe(2);
    models.pluginsChanged();
    await eventsOf("one/x");
    expect(lists).toBe(3);
  });
});

describe("what a provider answers", () => {
  it("comes as events, also where it answers whole or hands over several at once", async () => {
    answers["a.a:one"] = () =>
      value({
        parts: [
          { type: "reasoning", text: "Hm", signature: "s" },
          { type: "text", text: "Hello" },
          { type: "tool_call", id: "1", name: "look", arguments: "{}" },
        ],
        finish: "tool_calls",
        usage: { inputTokens: 1, outputTokens: 2 },
      });
    expect((await eventsOf("one/x")).map(({ type }) => type)).toEqual([
      "start",
      "reasoning",
      "reasoning_end",
      "text",
      "tool_call",
      "tool_call_arguments",
      "tool_call_end",
      "usage",
      "finish",
    ]);
    answers["a.a:one"] = () =>
      stream(
        [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
        { type: "finish", reason: "stop" },
      );
    expect(await eventsOf("one/x")).toHaveLength(3);
  });

  it.each([
    ["breaks off", stream({ type: "text", text: "a" }), "cut"],
    ["is no event", stream({ type: "song" }), "upstream_failed"],
    ["is an empty list of events", stream([]), "upstream_failed"],
    ["is no answer", value({ words: "a" }), "upstream_failed"],
    ["is nothing", value(undefined), "upstream_failed"],
  ])("is an error where it %s", async (_what, answer, code) => {
    answers["a.a:one"] = () => answer;
    expect(await lastOf("one/x")).toMatchObject({ type: "error", error: { code } });
  });

  it("is an error where the plugin fails in the middle, and nothing comes after an end", async () => {
    answers["a.a:one"] = () => ({
      kind: "stream",
      values: (async function* () {
        yield { type: "text", text: "a" };
        throw new PatchbayError("deadline_exceeded", "It took too long.");
      })(),
    });
    expect(await lastOf("one/x")).toEqual({
      type: "error",
      error: { code: "timeout", message: "It took too long." },
    });
    answers["a.a:one"] = () => stream({ type: "finish", reason: "stop" }, { type: "text", text: "more" });
    expect(await eventsOf("one/x")).toHaveLength(1);
  });

  it("is read to its end once its last has come, so that the call counts as answered", async () => {
    let isOver = false;
    answers["a.a:one"] = () => ({
      kind: "stream",
      values: (async function* () {
        yield { type: "finish", reason: "stop" };
        isOver = true;
      })(),
    });
    await eventsOf("one/x");
    expect(isOver).toBe(true);
  });

  it("is an error too where the plugin fails before it answers, and not where the caller is refused", async () => {
    answers["a.a:one"] = () => Promise.reject(new PatchbayError("plugin_crashed", "It ended."));
    expect(await lastOf("one/x")).toMatchObject({ type: "error", error: { code: "upstream_failed" } });
    answers["a.a:one"] = () => Promise.reject(new PatchbayError("project_required", "Name a project."));
    await expect(eventsOf("one/x")).rejects.toMatchObject({ code: "project_required" });
  });

  it("ends when its reader leaves", async () => {
    let isClosed = false;
    answers["a.a:one"] = () => ({
      kind: "stream",
      values: (async function* () {
        try {
          for (;;) yield { type: "text", text: "a" };
        } finally {
          isClosed = true;
        }
      })(),
    });
    const answer = await models.chat(caller, { model: "one/x", ...REQUEST });
    for await (const _ of answer.events) break;
    await expect.poll(() => isClosed).toBe(true);
  });

  it("of embeddings is one for each input, by the name of the model that made them", async () => {
    answers["a.a:one"] = () => value({ embeddings: [[1, 2]] });
    const asked = { model: "one/x", inputs: ["a"] };
    expect(await models.embed(caller, asked)).toEqual({ model: "one/x", embeddings: [[1, 2]] });
    const embeddings = async (told: number[][]) => {
      answers["a.a:one"] = () => value({ embeddings: told });
      return await models.embed(caller, { model: "one/x", inputs: told.map(() => "a") });
    };
    await expect(embeddings([[1], [1, 2]])).rejects.toThrow("not of one length");
    await expect(embeddings([[]])).rejects.toThrow("not of one length");
    await expect(embeddings([[1e308]])).rejects.toThrow("32 bits");
    answers["a.a:one"] = () => value({ embeddings: [[1, 2]] });
    await expect(models.embed(caller, { ...asked, inputs: ["a", "b"] })).rejects.toThrow(
      "1 of them for 2 inputs",
    );
  });
});

describe("counting tokens", () => {
  it("sends nothing to a server that has not passed the hooks", async () => {
    answers = { "a.a:one": async () => value([{ name: "x", kind: "chat" }]) };
    upstream = "direct";
    const hidden = [{ role: "user" as const, parts: [{ type: "text" as const, text: "[hidden]" }] }];
    pass = (request) => ({ ...request, messages: hidden });
    expect(await models.countTokens(caller, { model: "one/x", ...REQUEST })).toEqual({
      tokens: 7,
      isEstimate: false,
    });
    expect(counted).toEqual([{ model: "x", messages: hidden }]);
    pass = () => {
      throw new PatchbayError("question_refused", "No.");
    };
    await expect(models.countTokens(caller, { model: "one/x", ...REQUEST })).rejects.toThrow("No.");
    expect(counted).toHaveLength(1);
  });
});
