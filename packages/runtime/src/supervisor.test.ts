import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGuest, openTestRuntime, type TestRuntime } from "./testing/host.ts";

let runtime: TestRuntime;

beforeAll(async () => {
  buildGuest();
  runtime = await openTestRuntime();
});
afterAll(() => runtime.supervisor.close());

describe("a call", () => {
  test("starts the plugin and brings the tool's answer back", async () => {
    const spec = runtime.host.plugin(`{
      greet: ({ name }) => ({ text: "Hello " + name }),
    }`);
    expect(await runtime.call(spec, "greet", { name: "Ada" })).toEqual({ text: "Hello Ada" });
    expect(runtime.supervisor.instances()).toMatchObject([{ state: "running", calls: 1, callsInFlight: 0 }]);
  });

  test("reaches the platform through host calls", async () => {
    const spec = runtime.host.plugin(`{
      async keep(input, { api }) {
        await api.storage.set("last", input);
        return { stored: await api.storage.get("last"), none: await api.storage.get("other") };
      },
    }`);
    expect(await runtime.call(spec, "keep", { a: [1] }, "apollo")).toEqual({ stored: { a: [1] } });
    expect(runtime.host.calls.map(({ method, project }) => [method, project])).toContainEqual([
      "storage.set",
      "apollo",
    ]);
  });
});
