import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { installEndpointPlugin, type MadeAddress, makeAddress } from "./support/endpoint-plugin.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;
let odd: MadeAddress;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  api = new Api(server.url);
  await installEndpointPlugin(api);
  odd = await makeAddress(api, "odd", { maxSeconds: 2 });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const ask = (as: string, init: RequestInit = {}) =>
  fetch(`${odd.url}/page?as=${as}`, { redirect: "manual", ...init });
const codeOf = async (answer: Response | Promise<Response>) => {
  const response = await answer;
  const { code } = (await response.json()) as { code: string };
  return [response.status, code];
};

describe("What a plugin answers", () => {
  it("acts nowhere at the console's address", async () => {
    const { headers } = await ask("page");
    const told = Object.fromEntries(headers);
    expect(told).toMatchObject({
      "content-type": "text/html",
      "cache-control": "max-age=60",
      "x-shop": "kept",
      "content-security-policy": expect.stringMatching(/^sandbox; default-src 'none';/),
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
    });
    for (const name of [
      ...["set-cookie", "clear-site-data", "service-worker-allowed", "x-accel-redirect", "refresh"],
      ...["access-control-allow-origin", "strict-transport-security", "www-authenticate"],
    ])
      expect(told[name]).toBeUndefined();
  });

  it.each(["throw", "nothing", "status", "header", "own", "up", "script"])(
    "is told to nobody where it is none: %s",
    async (as) => {
      const response = await ask(as);
      const text = await response.clone().text();
      expect(await codeOf(response)).toEqual([502, "endpoint_failed"]);
      expect(text).not.toContain("swordfish");
      expect(text).not.toContain("acme.hooks");
    },
  );

  it("leads elsewhere, or below its own address", async () => {
    expect((await ask("away")).headers.get("location")).toBe("https://example.org/there");
    expect((await ask("below")).headers.get("location")).toBe(`${odd.url}/x?y=1`);
  });

  it("ends with the time of its address, and with a connection that breaks where it has begun", async () => {
    expect(await codeOf(ask("slow"))).toEqual([504, "deadline_exceeded"]);
    const broken = await ask("break");
    expect(broken.status).toBe(200);
    await expect(broken.text()).rejects.toThrow();
  });

  it("is in the list of requests with its cause", async () => {
    await Promise.all([ask("throw"), ask("slow")]);
    const requests = async () =>
      (await api.get(`/api/orgs/default/endpoints/${odd.id}/requests`)).body.items.map(
        ({ status, code, message }: Record<string, unknown>) => [status, code, message],
      );
    await expect.poll(requests).toContainEqual([502, "plugin_error", "The password is swordfish."]);
    await expect.poll(requests).toContainEqual([504, "deadline_exceeded", expect.any(String)]);
  });
});

it("What breaks off is made once more, and is in the list once", async () => {
  const list = async () =>
    (await api.get(`/api/orgs/default/endpoints/${odd.id}/requests?limit=200`)).body.items;
  await expect((await ask("break")).text()).rejects.toThrow();
  const found = async () => (await list()).find(({ query }: { query: string }) => query === "?as=break");
  await expect.poll(found).toMatchObject({ status: 200, code: "plugin_error" });
  const path = `/api/orgs/default/endpoints/${odd.id}/requests/${(await found()).id}/replay`;
  const { body } = await api.post(path);
  expect(body).toMatchObject({ status: 200, code: "plugin_error", answerBytes: 5 });
  expect((await list()).filter(({ id }: { id: string }) => id === body.id)).toHaveLength(1);
});

describe("Pages of the console", () => {
  it("get nothing from there, while people may open it", async () => {
    const from = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        request(`${odd.url}?as=away`, { headers }, (answer) => resolve(answer.resume().statusCode))
          .on("error", reject)
          .end();
      });
    const script = {
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "no-cors",
      "sec-fetch-dest": "script",
    };
    expect(await from(script)).toBe(403);
    const worker = {
      "service-worker": "script",
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "same-origin",
    };
    expect(await from(worker)).toBe(403);
    expect(await from({ "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" })).toBe(302);
  });
});

describe("Pages of other sites", () => {
  const preflight = (url: string, origin: string) =>
    fetch(url, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, x-custom",
      },
    });

  it("may call an endpoint that names their origin, and no other", async () => {
    const { url } = await makeAddress(api, "keyed", { origins: ["https://shop.example.org"] });
    const allowed = await preflight(url, "https://shop.example.org");
    expect(allowed.status).toBe(204);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      "access-control-allow-origin": "https://shop.example.org",
      "access-control-allow-methods": "GET, POST, HEAD",
      "access-control-allow-headers": "authorization, x-custom",
      vary: "origin",
    });
    const other = await preflight(url, "https://evil.example.org");
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
    const refused = await fetch(url, { headers: { origin: "https://shop.example.org" } });
    expect(refused.headers.get("access-control-allow-origin")).toBe("https://shop.example.org");
    expect(refused.headers.get("access-control-allow-credentials")).toBeNull();
    expect(await codeOf(refused)).toEqual([401, "endpoint_unauthenticated"]);
  });

  it("may call one for all of them", async () => {
    const { url } = await makeAddress(api, "small", { origins: ["*"] });
    const answer = await fetch(url, { headers: { origin: "https://any.example.org" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    const closed = await makeAddress(api, "small");
    const none = await fetch(closed.url, { headers: { origin: "https://any.example.org" } });
    expect(none.headers.get("access-control-allow-origin")).toBeNull();
  });
});

it("What opens something is in no log, neither in the list of requests nor in the log of calls", async () => {
  await api.put("/api/orgs/default/policy", { callContent: "all" });
  const { id, url } = await makeAddress(api, "small");
  const secrets = { headers: { "x-gitlab-token": "swordfish", "x-hub-signature-256": "sha256=swordfish" } };
  expect((await fetch(`${url}?token=swordfish&page=7`, secrets)).status).toBe(200);
  const lastCall = async () => {
    const { items } = (await api.get("/api/orgs/default/calls?plugin=acme.hooks")).body;
    const last = items.find(({ name }: Record<string, unknown>) => name === "small");
    return await api.get(`/api/orgs/default/calls/${last?.id}`);
  };
  await expect.poll(async () => JSON.stringify((await lastCall()).body)).toContain("page=7");
  const call = await lastCall();
  expect(JSON.stringify(call.body)).not.toContain(new URL(url).pathname);
  const requests = () => api.get(`/api/orgs/default/endpoints/${id}/requests`);
  await expect.poll(async () => (await requests()).body.items.length).toBe(1);
  const [request] = (await requests()).body.items;
  const whole = await api.get(`/api/orgs/default/endpoints/${id}/requests/${request.id}`);
  for (const { status, body } of [call, whole]) {
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain("page=7");
    expect(JSON.stringify(body)).not.toContain("swordfish");
  }
});
