import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModels } from "./support/model-plugin.ts";
import type { TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

let parts: TestOrganization;

const ASKING = "acme.asking";
const CODE = `
const question = (text, model) => ({ ...(model && { model }), messages: [{ role: "user", parts: [{ type: "text", text }] }] });
export default { tools: {
  send: { description: "s", run: ({ text, model }, { api, signal }) => api.chat.sendMessage(question(text, model), { signal }) },
  tell: { description: "t", async *run({ text, model }, { api, signal }) {
    for await (const event of api.chat.streamMessage(question(text, model), { signal })) if (event.type === "text") yield event.text;
  } },
  idle: { description: "i", async run({ model }, { api }) {
    api.chat.streamMessage(question("", model));
    await new Promise(() => undefined);
  } },
  models: { description: "m", run: async (_, { api }) => (await api.chat.listModels()).map(({ id }) => id) },
} };`;

beforeAll(async () => {
  parts = await startModels();
  const permissions = ["chat.inference", "chat.models"] as const;
  const tools = ["send", "tell", "idle", "models"];
  await parts.install(
    { id: ASKING, code: CODE, tools, manifest: { permissions: { optional: permissions } } },
    permissions,
  );
  await parts.client.plugins.step(ASKING, "enable");
});
afterAll(async () => await parts?.stop());

const call = (tool: string, input: object, headers: Record<string, string> = {}) =>
  parts.owner.post(`/api/orgs/default/tools/${ASKING}/${tool}`, { input }, headers);
const hasGone = async () =>
  (await parts.owner.get("/api/orgs/default/plugins/acme.models/logs")).body.items.filter(
    ({ message }: { message: string }) => message === "The caller has gone.",
  ).length;

describe("server code in a sandbox", () => {
  it("asks Echo, whole and as it comes", async () => {
    expect((await call("models", {})).body.output).toContain("echo/echo");
    const whole = await call("send", { text: "One two", model: "echo/echo" });
    expect(whole.body.output).toMatchObject({
      model: "echo/echo",
      parts: [{ type: "text", text: "One two" }],
      finish: "stop",
    });
    const stream = await call("tell", { text: "One two", model: "echo/echo" });
    expect(stream.body.output.join("")).toBe("One two");
  });

  it("is told of a model's failure what it can do by it", async () => {
    const failed = await call("send", { text: "Hi", model: "acme/limited" });
    expect([failed.status, failed.body.detail]).toEqual([502, "Too many requests at once."]);
  });

  it("ends the model's work with its caller, also where it does not look at the signal", async () => {
    const before = await hasGone();
    for (const tool of ["tell", "idle"]) {
      const abort = new AbortController();
      const answer = fetch(new URL(`/api/orgs/default/tools/${ASKING}/${tool}`, parts.server.url), {
        method: "POST",
        headers: {
          authorization: `Bearer ${BOOTSTRAP_KEY}`,
          "content-type": "application/json",
          accept: "text/event-stream",
        },
        body: JSON.stringify({ input: { text: "", model: "acme/slow" } }),
        signal: abort.signal,
      }).then((response) => response.text());
      setTimeout(() => abort.abort(), 700);
      await expect(answer).rejects.toThrow();
    }
    await expect.poll(hasGone, { timeout: 5_000 }).toBe(before + 2);
  });
});
