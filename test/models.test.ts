import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MODELS, said, startModels } from "./support/model-plugin.ts";
import type { TestOrganization } from "./support/organization.ts";
import { signedUp } from "./support/people.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

let parts: TestOrganization;
let url: string;

beforeAll(async () => {
  parts = await startModels();
  url = parts.server.url;
});
afterAll(async () => await parts?.stop());

const textsOf = (...names: string[]) =>
  expect.objectContaining(Object.fromEntries(names.map((name) => [name, expect.any(String)])));

/** One request to each format, whole or as a stream. */
const FORMATS = [
  { path: "/v1/chat/completions", body: { messages: said("Hi") } },
  { path: "/v1/responses", body: { input: "Hi" } },
  { path: "/v1/messages", body: { messages: said("Hi"), max_tokens: 50 } },
] as const;
const ask = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

describe.each(FORMATS)("$path", ({ path, body }) => {
  const shape =
    path === "/v1/messages"
      ? { type: "error", error: textsOf("type", "message") }
      : { error: textsOf("message", "type", "code") };

  it.each([
    ["limited", 429],
    ["filtered", 400],
    ["fails", 502],
    ["cut", 502],
    ["late", 502],
    ["odd", 502],
    ["none", 502],
  ])("tells a failure as its clients read it: %s", async (model, status) => {
    const answer = await ask(path, { ...body, model: `acme/${model}` });
    const text = await answer.text();
    expect([answer.status, JSON.parse(text)]).toEqual([status, expect.objectContaining(shape)]);
    if (model === "limited") expect(answer.headers.get("retry-after")).toBe("7");
    expect(text).not.toMatch(/file:|node_modules|\.ts:/);
  });

  it.each(["cut", "late"])(
    "never ends a stream that broke off like one that is complete: %s",
    async (model) => {
      const answer = await ask(path, { ...body, model: `acme/${model}`, stream: true });
      expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([
        200,
        expect.stringMatching("event-stream"),
      ]);
      const text = await answer.text();
      expect(text).toMatch(/error|response\.failed/);
      expect(text).not.toMatch(/"finish_reason":"|response\.completed|message_stop/);
    },
  );

  it("refuses strangers, wrong keys, unknown models, wrong bodies and wrong fields in its own words", async () => {
    const refusals: [Response, number][] = [
      [await ask(path, { ...body, model: "echo/echo" }, { authorization: "" }), 401],
      [await ask(path, { ...body, model: "echo/echo" }, { authorization: "Bearer pb_wrong" }), 401],
      [await ask(path, { ...body, model: "nobody/none" }), 404],
      [await ask(path, { ...body, model: "none" }), 404],
      [await ask(path, { ...body }), 400],
      [await ask(path, { model: "echo/echo" }), 400],
      [await ask(path, { ...body, model: "echo/echo", temperature: "hot" }), 400],
      [
        await fetch(`${url}${path}`, {
          method: "POST",
          headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json" },
          body: "{",
        }),
        400,
      ],
    ];
    for (const [answer, status] of refusals)
      expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining(shape)]);
  });

  it("cancels the model when its client leaves, whole or as a stream", async () => {
    const logged = async (message: string): Promise<number> =>
      (await parts.owner.get(`/api/orgs/default/plugins/${MODELS}/logs?limit=1000`)).body.items.filter(
        (line: { message: string }) => line.message === message,
      ).length;
    for (const stream of [true, false]) {
      const [begun, gone] = [await logged("It has begun."), await logged("The caller has gone.")];
      const leaving = new AbortController();
      const asking = fetch(`${url}${path}`, {
        method: "POST",
        headers: { "x-api-key": BOOTSTRAP_KEY, "content-type": "application/json" },
        body: JSON.stringify({ ...body, model: "acme/slow", stream }),
        signal: leaving.signal,
      });
      asking.catch(() => undefined);
      if (stream) await (await asking).body?.getReader().read();
      await expect.poll(() => logged("It has begun.")).toBe(begun + 1);
      leaving.abort();
      await asking.catch(() => undefined);
      await expect.poll(() => logged("The caller has gone.")).toBe(gone + 1);
    }
  });
});

describe("what is held for an answer", () => {
  const timers = async () => {
    const text = await (await parts.owner.raw("/metrics")).text();
    return Number(/nodejs_active_resources\{type="Timeout"\} (\d+)/.exec(text)?.[1] ?? Number.NaN);
  };
  const metrics = async (plugin: string) =>
    (await parts.owner.get(`/api/orgs/default/plugins/${plugin}/metrics`)).body;

  it("is let go of when the model fails before its first word", async () => {
    const before = await timers();
    expect(before).toBeGreaterThan(0);
    const failed = Array.from({ length: 40 }, () =>
      ask("/v1/messages", { model: "acme/limited", max_tokens: 9, messages: said("Hi") }),
    );
    for (const answer of await Promise.all(failed)) expect(answer.status).toBe(429);
    await expect.poll(timers).toBeLessThan(before + 20);
    const { items } = (await parts.owner.get(`/api/orgs/default/plugins/${MODELS}/instances`)).body;
    expect(items.map((one: { callsInFlight: number }) => one.callsInFlight)).toEqual([0]);
  });

  it("is no error in the plugin's metrics when the answer was whole", async () => {
    const errors = async () => JSON.stringify(await metrics("patchbay.echo"));
    for (const stream of [true, false])
      await (await ask("/v1/chat/completions", { model: "echo/echo", messages: said("Hi"), stream })).text();
    await expect.poll(errors).toMatch(/"errors":0/);
    expect(await errors()).not.toMatch(/"errors":[1-9]/);
  });

  it("ends with a stream that is too long, whose client is told", async () => {
    const answer = await ask("/v1/chat/completions", {
      model: "acme/flood",
      messages: said("Hi"),
      stream: true,
    });
    let last = "";
    for await (const chunk of answer.body ?? [])
      last = (last + Buffer.from(chunk).toString("latin1")).slice(-400);
    expect(last).toMatch(/too_large|longer than is allowed/);
    await expect
      .poll(
        async () =>
          (await parts.owner.get(`/api/orgs/default/plugins/${MODELS}/instances`)).body.items[0]
            ?.callsInFlight ?? 0,
      )
      .toBe(0);
  });

  it("is no answer that a repeated request gets, where the model would answer it now", async () => {
    const keyed = (stream: boolean, model: string, key: string) =>
      ask("/v1/chat/completions", { model, messages: said("Hi"), stream }, { "idempotency-key": key });
    for (let round = 0; round < 2; round += 1) {
      expect((await keyed(false, "acme/limited", "later")).headers.get("retry-after")).toBe("7");
      expect(await (await keyed(true, "echo/echo", "streamed")).text()).toMatch(/\[DONE\]/);
      expect((await keyed(false, "echo/echo", "kept")).status).toBe(200);
    }
  });
});

describe("models", () => {
  it("are not there where their provider says so, whatever its manifest has", async () => {
    const code =
      'export default { models: { chatty: { list: () => [], chat: () => ({ parts: [], finish: "stop" }) } } };';
    const contributes = { models: [{ name: "chatty", kinds: ["chat", "embeddings"] }] };
    await parts.install({ id: "acme.chatty", code, manifest: { contributes } });
    expect((await parts.owner.post("/api/orgs/default/plugins/acme.chatty/enable")).status).toBe(200);
    const { status, body } = await parts.owner.post("/v1/embeddings", { model: "chatty/x", input: "a" });
    expect([status, body.error.code]).toEqual([404, "model_not_found"]);
  });

  it("name the one that answered", async () => {
    const asked = { model: "acme/whole", messages: said("Hi") };
    const { model, choices } = (await parts.owner.post("/v1/chat/completions", asked)).body;
    expect([model, choices[0].message.content]).toEqual(["acme/whole-2", "All at once."]);
  });

  it("are hidden from those who may not use the plugin, in lists and when they are asked", async () => {
    const key = async (rights: string[]) =>
      (await parts.owner.post("/api/api-keys", { organization: "default", name: "k", rights })).body.token;
    const using = parts.owner.as(await key(["org.plugins.use"]));
    expect((await using.get("/v1/models")).body.data.length).toBeGreaterThan(3);
    const reading = parts.owner.as(await key(["org.plugins.read"]));
    expect((await reading.get("/v1/models")).status).toBe(403);
    await parts.owner.put(`/api/orgs/default/plugins/${MODELS}/scope`, { projects: ["web"] });
    try {
      const member = await signedUp(url, "nia@example.org", { organization: "default", role: "member" });
      const listed = async (headers: Record<string, string>) =>
        (
          (await (await fetch(`${url}/v1/models`, { headers })).json()) as { data: { id: string }[] }
        ).data.map(({ id }) => id);
      expect(await listed(member.headers)).toEqual(["echo/echo", "echo/guide"]);
      expect(await listed(parts.manager.headers)).toContain("acme/whole");
      const asked = { model: "acme/whole", messages: said("Hi") };
      const hidden = await member.post("/v1/chat/completions", asked);
      expect([hidden.status, hidden.body.error.code]).toEqual([404, "model_not_found"]);
      const project = { "patchbay-project": "web" };
      expect((await ask("/v1/chat/completions", asked)).status).toBe(422);
      expect((await ask("/v1/chat/completions", asked, project)).status).toBe(200);
    } finally {
      await parts.owner.put(`/api/orgs/default/plugins/${MODELS}/scope`, { projects: "all" });
    }
  });

  it("end in the middle of a stream when the key of their caller is deleted", async () => {
    const { body: key } = await parts.owner.post("/api/api-keys", {
      organization: "default",
      name: "short",
      rights: ["org.plugins.use"],
    });
    const answer = await ask(
      "/v1/messages",
      { model: "acme/slow", max_tokens: 9, messages: said("Hi"), stream: true },
      { authorization: `Bearer ${key.token}` },
    );
    await parts.owner.delete(`/api/api-keys/${key.id}?organization=default`);
    expect(await answer.text()).toMatch(/"type":"error"/);
  });
});
