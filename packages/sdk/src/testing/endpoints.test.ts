import { describe, expect, it } from "vitest";
import { definePlugin, endpoint } from "../index.ts";
import { createTestHarness } from "./index.ts";

const harness = createTestHarness(
  definePlugin({
    endpoints: {
      orders: endpoint({
        methods: ["POST", "GET"],
        path: "/orders/{id}",
        authentication: "signature",
        async handle(request, { settings, project }) {
          if (request.method === "GET") return { status: 404, body: "none" };
          const { params, query, messageId, headers } = request;
          const told = { ...params, page: query.get("page"), messageId, type: headers.get("content-type") };
          return Response.json({ ...told, body: await request.json(), greeting: settings.greeting, project });
        },
      }),
      echo: { methods: ["POST"], authentication: "none", handle: ({ body }) => ({ status: 201, body }) },
      none: { methods: ["GET"], authentication: "none", handle: () => undefined as never },
      text: {
        methods: ["POST"],
        authentication: "none",
        handle: async (request) => {
          const first = await request.text();
          return { body: `${first} ${await request.text().catch((error: Error) => error.name)}` };
        },
      },
      bad: { methods: ["GET"], authentication: "none", handle: () => ({ body: { a: 1 } as never }) },
    },
  }),
  { settings: { greeting: "Hello" }, project: "web" },
);

describe("An endpoint in a test", () => {
  it("gets a request as the platform hands it on, and answers", async () => {
    const answer = await harness.callEndpoint("orders", {
      path: "/orders/a%20b?page=2",
      body: JSON.stringify({ n: 1 }),
      headers: { "content-type": "application/json" },
      messageId: "msg_1",
    });
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual({
      id: "a b",
      page: "2",
      messageId: "msg_1",
      type: "application/json",
      body: { n: 1 },
      greeting: "Hello",
      project: "web",
    });
    const get = await harness.callEndpoint("orders", { method: "GET", path: "/orders/1" });
    expect([get.status, await get.text()]).toEqual([404, "none"]);
    expect(get.headers.get("content-type")).toBe("text/plain;charset=UTF-8");
  });

  it("hands bytes on as they come, large ones too", async () => {
    const bytes = new Uint8Array(3_000_000).fill(200);
    const answer = await harness.callEndpoint("echo", { body: bytes });
    expect(answer.status).toBe(201);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes);
  });

  it("has a body once", async () => {
    expect(await (await harness.callEndpoint("text", { body: "said" })).text()).toBe("said TypeError");
  });

  it("answers at its paths, to its methods, and with an answer", async () => {
    const refusal = async (name: string, request = {}) =>
      await harness.callEndpoint(name, request).then(
        () => null,
        (error: { code: string }) => error.code,
      );
    expect(await refusal("nothing")).toBe("endpoint_not_found");
    expect(await refusal("orders", { path: "/orders" })).toBe("endpoint_not_found");
    expect(await refusal("orders", { method: "PUT", path: "/orders/1" })).toBe("method_not_allowed");
    expect(await refusal("none")).toBe("plugin_error");
    expect(await refusal("bad")).toBe("plugin_error");
  });
});
