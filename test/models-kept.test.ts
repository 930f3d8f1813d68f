import { createOpenAI } from "@ai-sdk/openai";
import { generateText, jsonSchema, type ModelMessage, tool } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModels } from "./support/model-plugin.ts";
import type { TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

/** Tells all that it hears, one line for each message. */
const HEARS = "acme/hears";
const UNKNOWN = "resp_0123456789abcdef0123456789abcdef";

let parts: TestOrganization;
let baseURL: string;
let openai: OpenAI;

beforeAll(async () => {
  parts = await startModels();
  baseURL = `${parts.server.url}/v1`;
  openai = clientOf(BOOTSTRAP_KEY);
});
afterAll(async () => await parts?.stop());

const clientOf = (apiKey: string, defaultHeaders: Record<string, string> = {}) =>
  new OpenAI({ baseURL, apiKey, defaultHeaders, maxRetries: 0 });

/** One turn, whole or as a stream: the answer as its client has it at the end. */
const TURNS = {
  whole: (body: OpenAI.Responses.ResponseCreateParamsNonStreaming) => openai.responses.create(body),
  stream: (body: OpenAI.Responses.ResponseCreateParamsNonStreaming) =>
    openai.responses.stream({ ...body, stream: true }).finalResponse(),
} as const;
/** Whether the answer says that it is kept, of which the client's types know nothing. */
const isKept = (response: object) => "store" in response && response.store;
const faultOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (fault: unknown) => fault,
  );
  return error instanceof OpenAI.APIError ? [error.status, error.code] : error;
};

describe.each(["whole", "stream"] as const)("answers that are kept: %s", (kind) => {
  const ask = TURNS[kind];

  it("are gone on from, turn by turn, without the instructions of earlier ones", async () => {
    const first = await ask({ model: HEARS, input: "One.", instructions: "Be brief." });
    expect(first.output_text).toBe("[system] Be brief.\n[user] One.\n");
    expect(first).toMatchObject({ store: true, previous_response_id: null });
    const second = await ask({
      model: HEARS,
      previous_response_id: first.id,
      input: [{ role: "user", content: [{ type: "input_text", text: "Two." }] }],
    });
    const spoken = `[user] One.\n[assistant] ${first.output_text}\n`;
    expect(second.output_text).toBe(`${spoken}[user] Two.\n`);
    expect(second.previous_response_id).toBe(first.id);
    const third = await ask({ model: HEARS, previous_response_id: second.id, input: "Three." });
    expect(third.output_text).toBe(
      `${spoken}[user] Two.\n[assistant] ${second.output_text}\n[user] Three.\n`,
    );
    // Another way on from the same place.
    const fork = await ask({ model: HEARS, previous_response_id: first.id, input: "Else.", store: false });
    expect(fork.output_text).toBe(`${spoken}[user] Else.\n`);
    expect(await openai.responses.retrieve(third.id)).toMatchObject({
      id: third.id,
      status: "completed",
      store: true,
      previous_response_id: second.id,
      output: [{ id: third.output[0]?.id, type: "message", content: [{ text: third.output_text }] }],
      usage: third.usage,
    });
  });

  it("have items that are referred to by their ids", async () => {
    const first = await ask({ model: HEARS, input: "One." });
    const { data: inputs } = await openai.responses.inputItems.list(first.id);
    const second = await ask({
      model: HEARS,
      input: [inputs[0], first.output[0]].map((item) => ({ type: "item_reference", id: String(item?.id) })),
    });
    expect(second.output_text).toBe("[user] One.\n[assistant] [user] One.\n\n");
  });

  it("are not kept where the client does not want it, or they did not end", async () => {
    const unkept = await ask({ model: HEARS, input: "One.", store: false });
    expect(isKept(unkept)).toBe(false);
    expect(await faultOf(openai.responses.retrieve(unkept.id))).toEqual([404, "response_not_found"]);
    const goingOn = ask({ model: HEARS, previous_response_id: unkept.id, input: "Two." });
    expect(await faultOf(goingOn)).toEqual([400, "previous_response_not_found"]);
    const short = await ask({ model: "acme/short", input: "One." });
    expect(await openai.responses.retrieve(short.id)).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
  });
});

describe("kept answers", () => {
  it("are not there of a model that failed or was cut off", async () => {
    for (const model of ["acme/cut", "acme/late"]) {
      const answer = await openai.responses.create({ model, input: "One.", stream: true }).asResponse();
      const text = await answer.text();
      expect(text).toMatch(/event: response.failed\n.*"store":false/);
      const id = /resp_[0-9a-f]{32}/.exec(text)?.[0] ?? "";
      expect(await faultOf(openai.responses.retrieve(id)), model).toEqual([404, "response_not_found"]);
    }
  });

  it("are read, listed with what was asked, and deleted", async () => {
    const input = ["One.", "Two.", "Three."].map((content) => ({ role: "user" as const, content }));
    const { id } = await openai.responses.create({ model: HEARS, input });
    const textOf = (item: OpenAI.Responses.ResponseItem) =>
      item.type === "message" && item.content[0]?.type === "input_text" ? item.content[0].text : item.type;
    const paged = await Array.fromAsync(openai.responses.inputItems.list(id, { limit: 2, order: "asc" }));
    expect(paged.map(textOf)).toEqual(["One.", "Two.", "Three."]);
    const newest = await openai.responses.inputItems.list(id);
    expect(newest.data.map(textOf)).toEqual(["Three.", "Two.", "One."]);
    await openai.responses.delete(id);
    expect(await faultOf(openai.responses.retrieve(id))).toEqual([404, "response_not_found"]);
    expect(await faultOf(openai.responses.delete(id))).toEqual([404, "response_not_found"]);
    expect(await faultOf(openai.responses.inputItems.list(id))).toEqual([404, "response_not_found"]);
    const goingOn = openai.responses.create({ model: HEARS, previous_response_id: id, input: "More." });
    expect(await faultOf(goingOn)).toEqual([400, "previous_response_not_found"]);
  });

  it("are refused by their ids, fields and places where they are wrong, and change nothing", async () => {
    const { id } = await openai.responses.create({ model: HEARS, input: "One." });
    const create = (body: object) =>
      faultOf(openai.responses.create({ model: HEARS, input: "Two.", ...body } as never));
    for (const previous of [UNKNOWN, "", "resp_\0", "x".repeat(10_000)])
      expect(await create({ previous_response_id: previous })).toEqual([400, "previous_response_not_found"]);
    expect(await create({ previous_response_id: 7 })).toEqual([400, "invalid_request"]);
    expect(await create({ store: "yes" })).toEqual([400, "invalid_request"]);
    for (const item of [`msg_${UNKNOWN.slice(5)}_0`, `msg_${id.slice(5)}_9`, "msg_1", "x\0"])
      expect(await create({ input: [{ type: "item_reference", id: item }] })).toEqual([
        404,
        "response_item_not_found",
      ]);
    const wrong = openai.responses.create({
      model: HEARS,
      previous_response_id: id,
      input: [{ role: "nobody", content: "?" }] as never,
    });
    await expect(wrong).rejects.toThrow("input.0.role");
    expect(await faultOf(openai.responses.retrieve(id, { stream: true }))).toEqual([400, "invalid_request"]);
    expect(await faultOf(openai.responses.inputItems.list(id, { limit: 0 }))).toEqual([
      400,
      "invalid_request",
    ]);
    expect(await faultOf(openai.responses.inputItems.list(id, { after: "msg_0" }))).toEqual([
      400,
      "invalid_request",
    ]);
  });

  it("are nobody else's, of no other organization, and of no other project", async () => {
    const { id, output } = await openai.responses.create({ model: HEARS, input: "One." });
    const { client, manager, server } = parts;
    const inProject = clientOf(BOOTSTRAP_KEY, { "patchbay-project": "web" });
    const ofProject = await inProject.responses.create({ model: HEARS, input: "Of the project." });
    expect(await inProject.responses.retrieve(ofProject.id)).toMatchObject({ id: ofProject.id });
    const asked = (headers: Record<string, string>) => async (path: string, method: string, body?: object) =>
      (
        await fetch(`${server.url}/v1/responses${path}`, {
          method,
          headers: { ...headers, "content-type": "application/json" },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
      ).status;
    const authorization = `Bearer ${BOOTSTRAP_KEY}`;
    const others = [
      asked(manager.headers),
      asked(parts.stranger.headers),
      asked({ authorization, "patchbay-project": "web" }),
    ];
    for (const ask of others) {
      expect(await ask(`/${id}`, "GET")).toBe(404);
      expect(await ask(`/${id}/input_items`, "GET")).toBe(404);
      expect(await ask(`/${id}`, "DELETE")).toBe(404);
      expect(await ask("", "POST", { model: HEARS, input: "Two.", previous_response_id: id })).toBe(400);
      const reference = { type: "item_reference", id: output[0]?.id };
      expect(await ask("", "POST", { model: HEARS, input: [reference] })).toBe(404);
    }
    expect(await asked({})(`/${id}`, "GET")).toBe(401);
    expect(await faultOf(openai.responses.retrieve(ofProject.id))).toEqual([404, "response_not_found"]);
    expect(await openai.responses.retrieve(id)).toMatchObject({ id });
    await client.organizations.createProject({ slug: "brief", name: "Brief" });
    const brief = clientOf(BOOTSTRAP_KEY, { "patchbay-project": "brief" });
    const gone = await brief.responses.create({ model: HEARS, input: "One." });
    await client.organizations.deleteProject("brief");
    await client.organizations.createProject({ slug: "brief", name: "Brief" });
    expect(await faultOf(brief.responses.retrieve(gone.id))).toEqual([404, "response_not_found"]);
  });

  it("are given although they are too large to be kept, and say so", async () => {
    const large = { model: HEARS, input: [{ role: "user" as const, content: "x".repeat(9 * 1024 * 1024) }] };
    const whole = await openai.responses.create(large);
    expect([whole.status, isKept(whole)]).toEqual(["completed", false]);
    const streamed = await openai.responses.stream(large).finalResponse();
    expect([streamed.status, isKept(streamed)]).toEqual(["completed", false]);
    expect(await faultOf(openai.responses.retrieve(whole.id))).toEqual([404, "response_not_found"]);
  }, 60_000);

  it("are given although they cannot be kept for a project that there is not", async () => {
    const nowhere = clientOf(BOOTSTRAP_KEY, { "patchbay-project": "nowhere" });
    const answer = await nowhere.responses.create({ model: HEARS, input: "One." });
    expect([answer.status, isKept(answer)]).toEqual(["completed", false]);
  });

  it("are repeated by an Idempotency-Key, and kept once", async () => {
    const options = { headers: { "idempotency-key": crypto.randomUUID() } };
    const asked = { model: HEARS, input: "One." };
    const first = await openai.responses.create(asked, options);
    expect((await openai.responses.create(asked, options)).id).toBe(first.id);
    expect(await openai.responses.retrieve(first.id)).toMatchObject({ id: first.id });
  });
});

describe("the AI SDK as it comes, which leaves it to the server to keep answers", () => {
  it("goes on after a tool call, and over turns that it refers to", async () => {
    const sent: string[] = [];
    const provider = createOpenAI({
      baseURL,
      apiKey: BOOTSTRAP_KEY,
      fetch: (input, init) => {
        sent.push(String(init?.body));
        return fetch(input, init);
      },
    });
    const model = provider("echo/echo");
    const weather = tool({
      description: "Tells the weather.",
      inputSchema: jsonSchema<{ city: string }>({ type: "object", properties: { city: { type: "string" } } }),
      execute: ({ city }) => `Rain in ${city}.`,
    });
    const messages: ModelMessage[] = [{ role: "user", content: 'call weather {"city":"Oslo"}' }];
    const called = await generateText({ model, messages, tools: { weather } });
    expect(called.toolResults[0]?.output).toBe("Rain in Oslo.");
    messages.push(...called.response.messages);
    const told = await generateText({ model, messages, tools: { weather } });
    expect(told.text).toContain("Rain in Oslo.");
    messages.push(...told.response.messages, { role: "user", content: "And then?" });
    const again = await generateText({ model, messages, tools: { weather } });
    expect(again.text).toBe("And then?");
    expect(sent.at(-1)).toContain("item_reference");
    const previousResponseId = String(again.providerMetadata?.openai?.responseId);
    const next = await generateText({
      model: provider(HEARS),
      prompt: "What was said?",
      providerOptions: { openai: { previousResponseId } },
    });
    expect(next.text).toContain("[tool] Rain in Oslo.");
    expect(next.text.trimEnd().split("\n").at(-1)).toBe("[user] What was said?");
  });
});
