import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { ENDPOINT_PLUGIN, installEndpointPlugin, makeAddress } from "./support/endpoint-plugin.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  api = new Api(server.url);
  await installEndpointPlugin(api);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** Of what was refused: the status and the code. */
const refusalOf = async (answer: Response | Promise<Response>) => {
  const response = await answer;
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  return [response.status, ((await response.json()) as { code: string }).code];
};

describe("An endpoint", () => {
  it("answers a request from the sandbox, which sees all of it but what is the platform's", async () => {
    const { url } = await makeAddress(api, "orders");
    const response = await fetch(`${url}/orders/a%20b?x=1&y=%26`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        cookie: "patchbay_session=secret",
        authorization: "Bearer pb_secret",
        "x-api-key": "pb_secret",
        "x-forwarded-for": "1.2.3.4",
        "x-custom": "kept",
      },
      body: '{"n":1}',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-shop")).toBe("yes");
    const seen = (await response.json()) as Record<string, unknown>;
    expect(seen).toMatchObject({
      method: "POST",
      url: `${url}/orders/a%20b?x=1&y=%26`,
      path: "/orders/a%20b",
      params: { id: "a b" },
      query: { x: "1", y: "&" },
      text: '{"n":1}',
    });
    const { headers } = seen as { headers: Record<string, string> };
    expect(headers).toMatchObject({ "content-type": "application/json", "x-custom": "kept" });
    expect(JSON.stringify(headers)).not.toMatch(/secret|1\.2\.3\.4/);
    expect(Object.keys(headers)).not.toContain("host");
  });

  it("answers HEAD as GET without the body, and says which methods there are", async () => {
    const { url } = await makeAddress(api, "orders");
    const head = await fetch(`${url}/orders/1`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-type"), await head.text()]).toEqual([
      200,
      "application/json",
      "",
    ]);
    const put = await fetch(`${url}/orders/1`, { method: "PUT", body: "x" });
    expect(put.headers.get("allow")).toBe("GET, POST, HEAD");
    expect(await refusalOf(put)).toEqual([405, "method_not_allowed"]);
  });

  it("is at no other path and at no other address", async () => {
    const { url } = await makeAddress(api, "orders");
    for (const path of ["", "/orders", "/orders/", "/orders/1/2", "/orders/%2e%2e"])
      expect(await refusalOf(fetch(`${url}${path}`))).toEqual([404, "endpoint_not_found"]);
    expect(await refusalOf(fetch(`${server.url}/e/unknown/orders/1`))).toEqual([404, "endpoint_not_found"]);
  });

  it("speaks no WebSocket", async () => {
    const { url } = await makeAddress(api, "small");
    const { request } = await import("node:http");
    const status = await new Promise((resolve, reject) => {
      const upgrade = { connection: "upgrade", upgrade: "websocket" };
      request(url, { headers: upgrade }, (answer) => resolve(answer.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(501);
  });

  it("keeps its address while its plugin is off, when senders come again", async () => {
    const { url, id } = await makeAddress(api, "small");
    const plugin = `/api/orgs/default/plugins/${ENDPOINT_PLUGIN}`;
    expect(await (await fetch(url)).text()).toBe("ok");
    expect((await api.post(`${plugin}/disable`)).status).toBe(200);
    const off = await fetch(url);
    expect(off.headers.get("retry-after")).toBe("30");
    expect(await refusalOf(off)).toEqual([503, "unavailable"]);
    const { body } = await api.get(`/api/orgs/default/endpoints/${id}`);
    expect(body).toMatchObject({ state: "failing", fault: expect.stringContaining("disabled") });
    expect((await api.post(`${plugin}/enable`)).status).toBe(200);
    expect(await (await fetch(url)).text()).toBe("ok");
  });
});
