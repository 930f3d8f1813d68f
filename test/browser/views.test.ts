import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FrameTest, type ShownPage } from "./support/frame-test.ts";

let test: FrameTest;
let page: ShownPage;
let context: BrowserContext;

beforeAll(async () => {
  test = await FrameTest.start();
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  ({ page, context } = await test.openPage());
});
afterEach(async () => await context.close());

describe("a view of a plugin", () => {
  it("renders in a frame, with its properties, and calls the platform through the gate", async () => {
    await test.install({
      id: "acme.hello",
      permissions: ["storage.scoped"],
      ui: `
        import { createElement, useEffect, useState } from "react";
        import { useApi } from "@patchbay/sdk/ui";
        export default function View({ api, pluginId, manifest }) {
          const [stored, setStored] = useState("…");
          const same = useApi() === api;
          useEffect(() => {
            api.storage.set("greeting", "hello").then(() => api.storage.get("greeting")).then(setStored);
          }, []);
          return createElement("p", null, [pluginId, manifest.name, stored, same].join(" "));
        }
      `,
    });
    await page.show({ plugin: "acme.hello" });
    const frame = await page.running("acme.hello");
    await expect.poll(() => frame.locator("p").textContent()).toBe("acme.hello acme.hello hello true");
    expect((await page.heard()).faults).toEqual([]);
  });
});
