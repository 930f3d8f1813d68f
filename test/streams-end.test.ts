import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./support/api.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { type Person, signedUp } from "./support/people.ts";

const ID = "acme.endless";
/** A second, and what a loaded machine adds. */
const SOON_MS = 2_000;
const TOOL = { input: {} };

const FILE = { type: "string", contentEncoding: "base64", contentMediaType: "application/octet-stream" };
const TOOLS = ["tick", "wait", "bytes"].map((name) => ({
  name,
  description: `The tool ${name}.`,
  ...(name === "bytes" && { output: FILE }),
}));

const CODE = `
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
export default { tools: {
  tick: { async *run() { for (let count = 0; count < 200; count += 1) { yield count; await pause(100); } } },
  bytes: { output: ${JSON.stringify(FILE)}, run: () => new ReadableStream({
    async pull(controller) { await pause(100); controller.enqueue(new Uint8Array(100)); },
  }, { highWaterMark: 0 }) },
  wait: { async *run() { yield 0; await pause(20000); yield 1; } },
} };
`;

/** Every route that answers with events. */
const STREAMS: readonly { name: string; method: string; path: string; body?: unknown }[] = [
  { name: "activity", method: "GET", path: "/api/orgs/default/events" },
  { name: "logs", method: "GET", path: `/api/orgs/default/plugins/${ID}/logs` },
  { name: "a tool", method: "POST", path: `/api/orgs/default/tools/${ID}/tick`, body: TOOL },
  { name: "a tool that is silent", method: "POST", path: `/api/orgs/default/tools/${ID}/wait`, body: TOOL },
  {
    name: "a view's call",
    method: "POST",
    path: `/api/orgs/default/plugins/${ID}/host-calls`,
    body: { method: "plugin.stream", args: { tool: "tick", input: {} } },
  },
];

let parts: TestOrganization;
let owner: Api;
let people = 0;

beforeAll(async () => {
  parts = await startOrganization();
  owner = parts.owner;
  await parts.install({
    id: ID,
    code: CODE,
    manifest: { ui: "ui.js", contributes: { tools: TOOLS } },
    files: { "ui.js": "export default () => null;" },
  });
  const enabled = await owner.post(`/api/orgs/default/plugins/${ID}/enable`);
  expect(enabled.status, JSON.stringify(enabled.body)).toBe(200);
});
afterAll(async () => await parts?.stop());

/** Opens all streams; `ended` has what each of them said last, once it has ended. */
const openAll = async (headers: Record<string, string>) => {
  const opened = await Promise.all(
    STREAMS.map(async ({ name, method, path, body }) => {
      const response = await fetch(new URL(path, parts.server.url), {
        method,
        headers: { ...headers, accept: "text/event-stream", "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      expect(response.status, name).toBe(200);
      expect(response.headers.get("x-content-type-options"), name).toBe("nosniff");
      expect(response.headers.get("x-request-id"), name).toMatch(/^[0-9a-f-]{36}$/);
      return { name, text: response.text() };
    }),
  );
  return async (codes: readonly string[]) => {
    const began = performance.now();
    for (const { name, text } of opened) {
      const last = (await text).trim().split("\n\n").at(-1) ?? "";
      expect(last, name).toContain("event: error");
      expect(
        codes.some((code) => last.includes(`"code":"${code}"`)),
        `${name}: ${last}`,
      ).toBe(true);
    }
    expect(performance.now() - began).toBeLessThan(SOON_MS);
  };
};

const newPerson = async (): Promise<Person> => {
  people += 1;
  return await signedUp(parts.server.url, `p${people}@ends.example`, {
    organization: "default",
    role: "admin",
  });
};
const memberPath = async ({ email }: Person) => {
  const { items } = (await owner.get("/api/orgs/default/members")).body;
  return `/api/orgs/default/members/${items.find((one: { email: string }) => one.email === email).userId}`;
};
const newKey = async (expiresAt?: Date) => {
  const { body } = await owner.post("/api/api-keys", {
    organization: "default",
    name: "short",
    rights: ["org.plugins.read", "org.plugins.use", "org.plugins.debug"],
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
  });
  return { id: body.id, headers: { authorization: `Bearer ${body.token}` } };
};

describe("streams end soon after", () => {
  it("their API key is deleted", async () => {
    const key = await newKey();
    const ended = await openAll(key.headers);
    await owner.delete(`/api/api-keys/${key.id}?organization=default`);
    await ended(["unauthenticated"]);
  });

  it("their API key expires", async () => {
    const key = await newKey(new Date(Date.now() + 2_500));
    const ended = await openAll(key.headers);
    await expect
      .poll(async () => (await owner.as(key.headers.authorization.slice(7)).get("/api/me")).status, {
        timeout: 5_000,
      })
      .toBe(401);
    await ended(["unauthenticated"]);
  });

  it("their session ends", async () => {
    const person = await newPerson();
    const ended = await openAll(person.headers);
    expect((await person.post("/api/auth/sign-out")).status).toBe(204);
    await ended(["unauthenticated"]);
  });

  it("their person leaves the organization", async () => {
    const person = await newPerson();
    const ended = await openAll(person.headers);
    await owner.delete(await memberPath(person));
    await ended(["forbidden", "organization_not_found"]);
  });

  it("their person loses the right, or the plugin is taken out of their sight", async () => {
    const person = await newPerson();
    await openAll(person.headers).then(async (ended) => {
      await owner.put(`/api/orgs/default/plugins/${ID}/scope`, { projects: ["web"] });
      await owner.post("/api/orgs/default/members", { email: person.email, role: "viewer" });
      await owner.delete(await memberPath(person));
      await ended(["forbidden", "organization_not_found", "plugin_not_installed", "project_required"]);
    });
    await owner.put(`/api/orgs/default/plugins/${ID}/scope`, { projects: "all" });
  });
});

describe("files that a tool makes", () => {
  it("come no further once the API key of their caller is deleted", async () => {
    const key = await newKey();
    const response = await fetch(new URL(`/api/orgs/default/tools/${ID}/bytes`, parts.server.url), {
      method: "POST",
      headers: { ...key.headers, accept: "application/octet-stream", "content-type": "application/json" },
      body: JSON.stringify(TOOL),
    });
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    await reader?.read();
    await owner.delete(`/api/api-keys/${key.id}?organization=default`);
    const began = performance.now();
    const rest = async () => {
      while ((await reader?.read())?.done === false);
    };
    await expect(rest()).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(SOON_MS);
  });
});

describe("what a plugin does inside", () => {
  it("is not shown to those from whom it is hidden, nor its log to those who may not debug", async () => {
    const member = await signedUp(parts.server.url, "member@ends.example", {
      organization: "default",
      role: "member",
    });
    const at = `/api/orgs/default/plugins/${ID}`;
    expect((await member.get(`${at}/history`)).status).toBe(200);
    for (const part of ["logs", "instances"]) {
      expect((await member.get(`${at}/${part}`)).body.code, part).toBe("forbidden");
      expect((await parts.manager.get(`${at}/${part}`)).body.code, part).toBe("forbidden");
    }
    await owner.put("/api/orgs/default/policy", { debug: "everyone" });
    await expect.poll(async () => (await member.get(`${at}/logs`)).status).toBe(200);
    await owner.put(`${at}/scope`, { projects: ["web"] });
    await expect.poll(async () => (await parts.manager.get(`${at}/instances`)).status).toBe(200);
    for (const part of [
      "",
      "/history",
      "/logs",
      "/instances",
      "/metrics",
      "/settings",
      "/data",
      "/grants",
      "/scope",
      "/update",
      "/resolution",
    ]) {
      const answer = await member.get(`${at}${part}`);
      expect([403, 404, 405], `${part}: ${answer.status} ${JSON.stringify(answer.body)}`).toContain(
        answer.status,
      );
    }
  });
});
