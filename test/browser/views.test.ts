import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { describeInBrowser } from "./support/chromium.ts";
import { FrameTest, type ShownPage } from "./support/frame-test.ts";

let test: FrameTest;
let page: ShownPage;
let context: BrowserContext;

beforeAll(async () => {
  test = await FrameTest.start({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  ({ page, context } = await test.openPage());
});
afterEach(async () => await context.close());

describeInBrowser("a view of a plugin", () => {
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

  it("reads what it fetches while it comes, ends the request when it stops, and reads files", async () => {
    const answers: ServerResponse[] = [];
    let isGone = false;
    const other = createServer((request, response) => {
      request.on("close", () => (isGone = response.destroyed));
      response.on("close", () => (isGone = true));
      answers.push(response);
      response.write("first");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    await test.install({
      id: "acme.reader",
      permissions: [
        "storage.scoped",
        { name: "net.fetch", hosts: ["127.0.0.1"], views: "use", reason: "Reads." } as never,
      ],
      ui: `
        import { createElement, useEffect, useState } from "react";
        export default function View({ api }) {
          const [read, setRead] = useState([]);
          const add = (text) => setRead((before) => [...before, text]);
          useEffect(() => { (async () => {
            const response = await fetch(${JSON.stringify(address)});
            const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
            add(response.status + " " + (await reader.read()).value);
            add((await reader.read()).value);
            await reader.cancel();
            await api.storage.files.write("a.txt", new TextEncoder().encode("stored"));
            const stored = await api.storage.files.read("a.txt");
            add(new TextDecoder().decode(stored.bytes));
          })().catch((error) => add(String(error))); }, []);
          return createElement("p", null, read.join(" | "));
        }
      `,
    });
    try {
      await page.show({ plugin: "acme.reader" });
      const frame = await page.running("acme.reader");
      const text = () => frame.locator("p").textContent();
      await expect.poll(text).toBe("200 first");
      answers[0]?.write("second");
      await expect.poll(text).toContain("200 first | second");
      await expect.poll(() => isGone).toBe(true);
      await expect.poll(text).toBe("200 first | second | stored");
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });

  it("asks models as they write, stops them, and is told why one failed", async () => {
    await test.install({
      id: "acme.talker",
      tools: ["ended"],
      permissions: ["chat.models", { name: "chat.inference", views: "use", reason: "Talks." }],
      code: `
        let ended = 0;
        const pause = () => new Promise((done) => setTimeout(done, 20));
        export default {
          tools: { ended: { description: "e", run: () => ended } },
          models: { acme: {
            list: () => [{ name: "slow", kind: "chat" }],
            async *chat({ model, messages }) {
              if (model === "limited") {
                yield { type: "error", error: { code: "rate_limited", message: "Too much.", retryAfterSeconds: 7 } };
                return;
              }
              yield { type: "text", text: messages[0].parts[0].text };
              try { for (;;) { await pause(); yield { type: "text", text: "." }; } } finally { ended += 1; }
            },
          } },
        };
      `,
      manifest: {
        contributes: {
          tools: [{ name: "ended", description: "The tool ended." }],
          views: [{ name: "main", place: "page", title: "The view main" }],
          models: [{ name: "acme", kinds: ["chat"] }],
        },
      },
      ui: `
        import { createElement, useEffect, useState } from "react";
        import { ModelFailedError } from "@patchbay/sdk/ui";
        export default function View({ api }) {
          const [read, setRead] = useState([]);
          const add = (text) => setRead((before) => [...before, text]);
          const question = (text, model) => ({ model, messages: [{ role: "user", parts: [{ type: "text", text }] }] });
          useEffect(() => { (async () => {
            add((await api.chat.getActiveModel()).id);
            const stream = api.chat.streamMessage(question("Hello", "acme/slow"));
            let dots = 0;
            try {
              for await (const event of stream) {
                if (event.type === "text" && event.text !== ".") add(event.text);
                else if (event.type === "text" && ++dots === 3) add(await api.chat.cancelStream(stream.id));
              }
            } catch (error) { add(error.code); }
            for await (const event of api.chat.streamMessage(question("Again", "acme/slow"))) if (event.text === ".") break;
            try { await api.chat.sendMessage(question("Hi", "acme/limited")); }
            catch (error) { add(error instanceof ModelFailedError); add(error.reason + " " + error.retryAfterSeconds); }
            while (await api.plugin.call("ended") < 2) await new Promise((done) => setTimeout(done, 50));
            add("ended");
          })().catch((error) => add(String(error))); }, []);
          return createElement("p", null, read.join(" | "));
        }
      `,
    });
    await page.show({ plugin: "acme.talker" });
    const frame = await page.running("acme.talker");
    await expect
      .poll(() => frame.locator("p").textContent())
      .toBe("acme/slow | Hello | true | cancelled | true | rate_limited 7 | ended");
  });

  it("reads settings, themes, streams and its own tools by hooks, and hears of changes", async () => {
    await test.install({
      id: "acme.hooks",
      permissions: ["ui.notifications"],
      tools: ["double", "count"],
      code: `export default { tools: {
        double: { description: "d", run: ({ n }) => n * 2 },
        count: { description: "c", async *run({ to }) { for (let n = 1; n <= to; n += 1) yield n; } },
      } };`,
      manifest: {
        settings: { type: "object", properties: { unit: { type: "string", default: "metric" } } },
      },
      ui: `
        import { createElement as h, useEffect, useState } from "react";
        import { useApi, useSettings, useStream, useTheme, useView } from "@patchbay/sdk/ui";
        export const onActivate = (api) => api.log.info("activated in a frame");
        export const onDeactivate = () => { globalThis.api.log.info("deactivated in a frame"); };
        export default function View() {
          const [api, settings, theme, view] = [useApi(), useSettings(), useTheme(), useView()];
          globalThis.api = api;
          const stream = useStream((signal) => api.plugin.stream("count", { to: 3 }, { signal }));
          const [doubled, setDoubled] = useState(0);
          useEffect(() => { api.plugin.call("double", { n: 21 }).then(setDoubled); stream.start(); }, []);
          const facts = [settings?.unit, theme.mode, view.name, view.place, view.locale, doubled, stream.state, stream.values];
          return h("p", { onClick: () => api.ui.showNotification({ title: "Clicked", level: "success" }) }, facts.join(" "));
        }
      `,
    });
    await page.show({ plugin: "acme.hooks" });
    const frame = await page.running("acme.hooks");
    const text = () => frame.locator("p").textContent();
    await expect.poll(text).toBe("metric light main page en 42 done 1,2,3");
    await page.setTheme({ mode: "dark", colors: { background: "#000000", text: "#ffffff" } });
    await expect.poll(text).toContain("metric dark");
    const background = () => frame.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await background()).toBe("rgb(0, 0, 0)");
    await test.api.put("/api/orgs/default/plugins/acme.hooks/settings", { unit: "imperial" });
    await page.changeSettings();
    await expect.poll(text).toContain("imperial dark");
    await frame.locator("p").click();
    await expect
      .poll(async () => (await page.heard()).notifications)
      .toEqual([{ title: "Clicked", level: "success" }]);
    await frame.locator("p").press("Escape");
    await expect.poll(async () => (await page.heard()).escapes).toBe(1);
    await page.show();
    const log = async () =>
      JSON.stringify((await test.api.get("/api/orgs/default/plugins/acme.hooks/logs")).body);
    await expect.poll(log).toMatch(/activated in a frame.*deactivated in a frame/);
    expect(await page.page.locator("iframe").count()).toBe(0);
  });

  it("is not ended by a link in a text that it shows", async () => {
    await test.install({
      id: "acme.links",
      ui: `
        import { createElement } from "react";
        export default () => createElement("a", { href: "https://example.org/" }, "a link");
      `,
    });
    await page.show({ plugin: "acme.links" });
    const frame = await page.running("acme.links");
    await frame.locator("a").click();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await frame.locator("a").textContent()).toBe("a link");
  });

  it("is entered and left with the Tab key", async () => {
    await test.install({
      id: "acme.keys",
      ui: `
        import { createElement } from "react";
        export default () => createElement("button", null, "inside");
      `,
    });
    await page.show({ plugin: "acme.keys" }, { plugin: "acme.links" });
    const frame = await page.running("acme.keys");
    await page.running("acme.links");
    await page.page.locator("#alive").focus();
    await page.page.keyboard.press("Tab");
    await expect.poll(() => frame.evaluate(() => document.activeElement?.textContent)).toBe("inside");
    await page.page.keyboard.press("Tab");
    await expect
      .poll(() =>
        page.page.evaluate(() => document.activeElement?.closest("[data-frame]")?.getAttribute("data-frame")),
      )
      .toBe("acme.links");
  });

  it("is as high as its content, up to what its place has", async () => {
    await test.install({
      id: "acme.height",
      views: [{ name: "main", place: "sidebar" }],
      ui: `
        import { createElement } from "react";
        export default () => createElement("div", { style: { height: 123 } });
      `,
    });
    await page.show({ plugin: "acme.height" });
    await page.running("acme.height");
    await expect.poll(async () => (await page.page.locator("iframe").boundingBox())?.height).toBe(123);
  });

  it("is listed only while the plugin is enabled and its place is granted, with themes beside it", async () => {
    const tokens = { background: "#101113", text: "#f1f3f5" };
    const listed = async (what: "views" | "themes") =>
      (await test.api.get(`/api/orgs/default/${what}`)).body.items.filter(
        ({ plugin }: { plugin: string }) => plugin === "acme.places",
      );
    await test.install({
      id: "acme.places",
      ui: "export default () => null;",
      permissions: ["ui.theme"],
      manifest: {
        permissions: { required: ["ui.page"], optional: ["ui.sidebar", "ui.theme"] },
        contributes: {
          views: [
            { name: "main", title: "Main", place: "page" },
            { name: "side", title: "Side", place: "sidebar" },
          ],
          themes: [{ name: "night", title: "Night", scheme: "dark", tokens }],
        },
      },
    });
    expect(await listed("views")).toMatchObject([
      { name: "main", title: "Main", place: "page", version: "1.0.0" },
    ]);
    expect(await listed("themes")).toEqual([]);
    const path = "/api/orgs/default/plugins/acme.places";
    await test.api.put(`${path}/grants`, { grants: ["ui.page", "ui.sidebar", "ui.theme"] });
    expect((await listed("views")).map(({ name }: { name: string }) => name)).toEqual(["main", "side"]);
    expect(await listed("themes")).toMatchObject([{ name: "night", scheme: "dark", tokens }]);
    await test.api.post(`${path}/disable`);
    expect([await listed("views"), await listed("themes")]).toEqual([[], []]);
  });

  it("puts the installation into the state error when it cannot be activated, told by somebody who may", async () => {
    await test.install({
      id: "acme.refuses",
      ui: "export const onActivate = () => { throw new Error('not in this house'); }; export default () => null;",
    });
    await page.show({ plugin: "acme.refuses" });
    expect(await page.fallback("acme.refuses")).toContain("not in this house");
    const path = "/api/orgs/default/plugins/acme.refuses";
    await expect.poll(async () => (await test.api.get(path)).body.state).toBe("error");
    expect((await test.api.get(path)).body.lastError).toMatchObject({
      code: "activation_failed",
      message: "onActivate of the user interface failed: not in this house",
    });
    await test.api.post(`${path}/retry`);
    const stale = { version: "0.9.0", phase: "activate", message: "an older version" };
    expect((await test.api.post(`${path}/ui-faults`, stale)).status).toBe(204);
    expect((await test.api.get(path)).body.state).toBe("enabled");
  });
});
