import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clientsAt, type ModelClients, WAYS } from "./support/model-clients.ts";
import { said } from "./support/model-plugin.ts";
import {
  answers,
  type Behaviour,
  breaksOff,
  fails,
  hangsUp,
  refuses,
  sends,
  startUpstream,
  type Upstream,
  WHOLE,
} from "./support/model-upstream.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const PLUGIN = "/api/orgs/default/plugins/patchbay.openai";
const RULES = "/api/orgs/default/models/rules";

let parts: TestOrganization;
let first: Upstream;
let second: Upstream;
let openai: OpenAI;
let clients: ModelClients;

beforeAll(async () => {
  parts = await startOrganization({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  [first, second] = await Promise.all([startUpstream(), startUpstream()]);
  expect((await parts.owner.post(`${PLUGIN}/enable`)).status).toBe(200);
  const settings = {
    openai: { url: first.url, key: "sk-first" },
    other: { url: second.url, key: "sk-second" },
    lmstudio: { url: "http://127.0.0.1:1/v1" },
  };
  expect((await parts.owner.put(`${PLUGIN}/settings`, settings)).status).toBe(200);
  const { url } = parts.server;
  openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: BOOTSTRAP_KEY, maxRetries: 0 });
  clients = clientsAt(url);
});
afterAll(async () => {
  first?.stop();
  second?.stop();
  await parts?.stop();
});

/** Each test has models of its own, so that what one of them makes fail is not left out in the next. */
let model = "";
let count = 0;
beforeEach(async () => {
  count += 1;
  model = `test-${count}`;
  await decide({
    retries: 1,
    aliases: [{ name: model, models: [`openai/one-${count}`, `other/one-${count}`] }],
  });
  first.does(answers);
  second.does(answers);
});

const decide = async (rules: object): Promise<void> => {
  const answer = await parts.owner.put(RULES, rules);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
};

describe.each(WAYS)("$name, as a stream: $isStream", ({ name, isStream }) => {
  const ask = () => clients[name](model, isStream);

  it("comes again when it was told to, and where the server failed for a moment", async () => {
    first.does(refuses(429, { message: "Slow down." }, { "retry-after": "1" }), answers);
    const began = performance.now();
    expect((await ask()).text).toBe(WHOLE);
    expect(performance.now() - began).toBeGreaterThan(950);
    first.does(fails, answers);
    expect(await ask()).toEqual({ text: WHOLE, model: "openai/real-name" });
    expect(first.asked).toBe(2);
  });

  it.each<[string, Behaviour]>([
    ["fails again and again", fails],
    ["is limited for long", refuses(429, { message: "Tomorrow." }, { "retry-after": "3600" })],
    ["takes no key of ours", refuses(401, { message: "Wrong key sk-first." })],
    ["hangs up", hangsUp],
    ["sends broken JSON", sends("application/json", "{ broken")],
    ["sends a page", sends("text/html", "<p>Login</p>")],
    ["sends nothing", sends("application/json", "")],
  ])("is answered by the fallback where the first server %s, and says so", async (_, behaviour) => {
    first.does(behaviour);
    expect(await ask()).toEqual({ text: WHOLE, model: "other/real-name" });
    expect(second.asked).toBe(1);
  });

  it("is answered by the fallback where nobody listens", async () => {
    await decide({ aliases: [{ name: model, models: ["lmstudio/one", `other/one-${count}`] }] });
    expect(await ask()).toEqual({ text: WHOLE, model: "other/real-name" });
  });

  it("is whole where the first server breaks off, and nothing is said twice", async () => {
    first.does(breaksOff);
    expect(await ask()).toEqual({ text: WHOLE, model: expect.stringMatching(/^(openai|other)\/real-name$/) });
    expect(second.asked).toBe(1);
  });

  it("is never a good answer where both break off", async () => {
    first.does(breaksOff);
    second.does(breaksOff);
    await expect(ask()).rejects.toThrow(/broke off|malformed|JSON/);
  });

  it.each<[string, Behaviour, RegExp]>([
    ["a filter", refuses(400, { code: "content_filter", message: "Not this." }), /Not this/],
    [
      "a context that is too long",
      refuses(400, { code: "context_length_exceeded", message: "This is too long." }),
      /too long/,
    ],
    ["a wrong request", refuses(400, { message: "No such parameter." }), /No such parameter/],
  ])("leads nowhere else for %s", async (_, behaviour, words) => {
    first.does(behaviour);
    await expect(ask()).rejects.toThrow(words);
    expect([first.asked, second.asked]).toEqual([1, 0]);
  });

  it("says what failed first where the fallback does not take the request", async () => {
    first.does(refuses(503, { message: "Overloaded at the first." }));
    second.does(refuses(400, { message: "Prefill is not supported." }));
    await expect(ask()).rejects.toThrow("Overloaded at the first");
    expect(second.asked).toBe(1);
  });

  it("passes over a server that flaps, once that is known", async () => {
    await decide({
      retries: 0,
      aliases: [{ name: model, models: [`openai/one-${count}`, `other/one-${count}`] }],
    });
    first.does(...Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? fails : answers)));
    for (let time = 0; time < 14; time++) expect((await ask()).text).toBe(WHOLE);
    expect(first.asked).toBeLessThan(12);
    const { body } = await parts.owner.get("/api/orgs/default/models");
    expect(body.items.map(({ id }: { id: string }) => id)).toContain("openai/one");
  });

  it("tells no key of ours", async () => {
    first.does(refuses(401, { message: "Wrong key sk-first." }));
    second.does(refuses(403, { message: "Wrong key sk-second." }));
    const error: Error = await ask().then(
      () => expect.fail("It answered."),
      (thrown) => thrown,
    );
    expect(JSON.stringify({ ...error, message: error.message })).not.toMatch(/sk-first|sk-second/);
  });
});

describe("what an organization decides", () => {
  const ask = () => openai.chat.completions.create({ model, messages: said("Hi") });

  it("is which models may be asked, listed and not", async () => {
    await decide({ allowed: ["other/*"] });
    model = "openai/one";
    await expect(ask()).rejects.toMatchObject({ status: 403, code: "forbidden" });
    model = "other/one";
    expect((await ask()).model).toBe("other/real-name");
    const ids = (await Array.fromAsync(openai.models.list())).map(({ id }) => id);
    expect(ids).toEqual(["other/one"]);
    const { body } = await parts.owner.get("/api/orgs/default/models");
    const found = (id: string) => body.items.find((one: { id: string }) => one.id === id);
    expect(found("openai/one")).toMatchObject({ allowed: false, plugin: "patchbay.openai" });
    expect(found("other/one")).toMatchObject({ allowed: true });
  });

  it("holds for models behind an alias as well, and for whoever is the default", async () => {
    await decide({
      allowed: ["other/*"],
      aliases: [{ name: "smart", models: ["openai/one", "other/one"] }],
      defaultModel: "smart",
    });
    for (model of ["smart", "default"]) expect((await ask()).model).toBe("other/real-name");
    expect(first.asked).toBe(0);
    await decide({ allowed: [] });
    await expect(ask()).rejects.toMatchObject({ status: 404 });
  });

  it("never mixes embeddings of several models", async () => {
    await decide({ aliases: [{ name: "vectors", models: ["lmstudio/one", "other/one"] }] });
    const embeddings = openai.embeddings.create({ model: "vectors", input: "Hi" });
    await expect(embeddings).rejects.toMatchObject({ status: 502 });
    expect(second.asked).toBe(0);
  });

  it("names models: an alias is listed, and one of a model's own name says who answers instead", async () => {
    await decide({
      aliases: [
        { name: "smart", models: ["gone/one", "other/one"] },
        { name: "openai/one", models: ["openai/one", "other/one"] },
      ],
    });
    const ids = (await Array.fromAsync(openai.models.list())).map(({ id }) => id);
    expect(ids.sort()).toEqual(["openai/one", "other/one", "smart"]);
    expect((await openai.models.retrieve("smart")).owned_by).toBe("patchbay.openai");
    first.does(refuses(401, { message: "No." }));
    model = "openai/one";
    expect((await ask()).model).toBe("other/real-name");
  });

  it("is refused where it means nothing, or was changed since", async () => {
    const wrong = await parts.owner.put(RULES, { aliases: [{ name: "x", models: ["y"] }] });
    expect(wrong).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect(wrong.body.errors[0].pointer).toBe("/aliases/0/models/0");
    const { body, headers } = await parts.owner.get(RULES);
    expect(body).toMatchObject({ allowed: "all", retries: 1 });
    const seen = { "if-match": headers.get("etag") ?? "" };
    await decide({ retries: 1 });
    const late = await parts.owner.call("PUT", RULES, { retries: 0 }, seen);
    expect(late).toMatchObject({ status: 412, body: { code: "revision_changed" } });
  });
});
