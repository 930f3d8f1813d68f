import type { BrowserContext, Frame } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { temporaryFolder } from "../support/server.ts";
import { describeInBrowser, launchWithProfile } from "./support/chromium.ts";
import { FrameTest, type ShownPage } from "./support/frame-test.ts";

/** A view that does something bad when it is told to, by a global function of its frame. */
const bad = (does: string, renders = "null"): string => `
  import { createElement, useEffect, useState } from "react";
  let rerender;
  globalThis.begin = (...args) => setTimeout(() => { (${does})(...args); rerender?.(1); });
  export default function View({ api }) {
    globalThis.api = api;
    const [count, setCount] = useState(0);
    rerender = setCount;
    return ${renders};
  }
`;
const VIEWS = {
  "evil.loop": bad("() => { for (;;); }"),
  "evil.memory": bad(`() => {
    const held = [];
    const grow = () => {
      for (let n = 0; n < 16; n += 1) held.push(new Uint8Array(16 << 20).fill(n));
      if (held.length < 128) setTimeout(grow);
    };
    grow();
  }`),
  "evil.heap": bad(`() => {
    const held = [];
    const grow = () => {
      for (let n = 0; n < 20; n += 1) held.push(new Array(100_000).fill(0).map((_, k) => ({ k })));
      setTimeout(grow);
    };
    grow();
  }`),
  "evil.throws": bad(
    "() => undefined",
    "(() => { if (count) throw new Error('thrown in rendering'); return null; })()",
  ),
  "evil.effect": bad(
    "() => undefined",
    "(useEffect(() => { if (count) throw new Error('thrown in an effect'); }), null)",
  ),
  "evil.async": bad(`() => {
    setTimeout(() => { throw new Error('thrown in a timer'); });
    Promise.reject(new Error('rejected by nobody'));
  }`),
  "evil.focus": bad(
    "() => { setInterval(() => { window.focus(); document.querySelector('input')?.focus(); }, 50); }",
    "createElement('input')",
  ),
  "evil.stack": bad("() => { const deep = () => deep() + 1; deep(); }"),
  "evil.activate":
    "export const onActivate = () => { throw new Error('not today'); }; export default () => null;",
  "evil.late": "await new Promise(() => undefined); export default () => null;",
  "evil.broken": "export default () => null; throw new Error('broken module');",
  "acme.good": `
    import { createElement } from "react";
    export default ({ api }) => { globalThis.api = api; return createElement("p", null, "I am fine"); };
  `,
} as const;

let test: FrameTest;
let page: ShownPage;
let context: BrowserContext;

beforeAll(async () => {
  test = await FrameTest.start();
  for (const [id, ui] of Object.entries(VIEWS))
    await test.install({ id, ui, permissions: ["storage.scoped"] });
  // Speaks to the port itself: what the boot script would check is not checked.
  await test.install({
    id: "evil.port",
    ui: `
      const { postMessage } = MessagePort.prototype;
      MessagePort.prototype.postMessage = function (...args) {
        globalThis.port = this;
        return postMessage.apply(this, args);
      };
      globalThis.say = (message) => postMessage.call(globalThis.port, message);
      export default () => null;
    `,
  });
  await test.install({
    id: "evil.overlay",
    views: [{ name: "main", place: "overlay" }],
    ui: `
      import { createElement } from "react";
      const everywhere = { position: "fixed", inset: "-10000px", zIndex: 2147483647, background: "red" };
      export default () => createElement("div", { style: { height: "1000000px" } }, createElement("div", { style: everywhere }));
    `,
  });
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  ({ page, context } = await test.openPage());
});
afterEach(async () => await context.close());

type Global = { begin(): void; say(message: unknown): void; api: { storage: Storage } };
type Storage = { get(key: string): Promise<unknown>; set(key: string, value: unknown): Promise<void> };
const begin = (frame: Frame) => frame.evaluate(() => (globalThis as unknown as Global).begin());
/** In a moment: the console may take the frame away before its answer to this has left. */
const say = (frame: Frame, message: unknown) =>
  frame.evaluate((said) => void setTimeout(() => (globalThis as unknown as Global).say(said), 50), message);
/** The other view on the page renders, and its calls are answered. */
const expectFine = async (frame: Frame) => {
  expect(await frame.locator("p").textContent()).toBe("I am fine");
  await frame.evaluate(() => (globalThis as unknown as Global).api.storage.set("alive", true));
  expect(await page.isUsable()).toBe(true);
};

describeInBrowser("a view that breaks", () => {
  it.each([
    ["evil.throws", "thrown in rendering"],
    ["evil.effect", "thrown in an effect"],
  ])("%s: shows its name, the cause and Retry, and runs again after it", async (plugin, cause) => {
    await page.show({ plugin }, { plugin: "acme.good" });
    const good = await page.running("acme.good");
    await begin(await page.running(plugin));
    expect(await page.fallback(plugin)).toMatch(new RegExp(`^${plugin} is not available.*${cause}`));
    await expectFine(good);
    await page.retry(plugin);
    await page.running(plugin);
  });

  it.each([
    ["evil.broken", "broken module"],
    ["evil.activate", "not today"],
  ])("%s: is not shown when it cannot start", async (plugin, cause) => {
    await page.show({ plugin }, { plugin: "acme.good" });
    expect(await page.fallback(plugin)).toContain(cause);
    await expectFine(await page.running("acme.good"));
  });

  it("is told of and goes on when an error is caught by nothing", async () => {
    await page.show({ plugin: "evil.async" }, { plugin: "acme.good" });
    await begin(await page.running("evil.async"));
    await expect.poll(async () => (await page.heard()).faults.length).toBe(2);
    expect(JSON.stringify((await page.heard()).faults)).toMatch(/thrown in a timer.*rejected by nobody/);
    await page.running("evil.async");
    await expect
      .poll(async () =>
        JSON.stringify((await test.api.get("/api/orgs/default/plugins/evil.async/logs")).body),
      )
      .toContain("thrown in a timer");
    await begin(await page.running("evil.async"));
    await expectFine(await page.running("acme.good"));
  });

  it("survives an endless recursion", async () => {
    await page.show({ plugin: "evil.stack" });
    await begin(await page.running("evil.stack"));
    await expect.poll(async () => JSON.stringify((await page.heard()).faults)).toContain("call stack");
    await page.running("evil.stack");
  });
});

describeInBrowser("a view that takes the keyboard", () => {
  it("is ended, and what is typed goes where it was meant to", async () => {
    await page.show({ plugin: "evil.focus" }, { plugin: "acme.good" });
    const good = await page.running("acme.good");
    const frame = await page.running("evil.focus");
    await page.page.evaluate(() => {
      const field = document.createElement("input");
      field.id = "secret";
      document.querySelector("main")?.prepend(field);
    });
    const field = page.page.locator("#secret");
    await field.click();
    await begin(frame);
    expect(await page.fallback("evil.focus")).toContain("took the keyboard");
    await page.page.keyboard.type("sk-live-1234567890");
    expect(await field.inputValue()).toBe("sk-live-1234567890");
    await expectFine(good);
  });
});

describeInBrowser("a view that hangs", () => {
  it("is taken away after three seconds, while its neighbour and the page go on, and starts anew", async () => {
    await page.show({ plugin: "evil.loop" }, { plugin: "acme.good" });
    const good = await page.running("acme.good");
    const frame = await page.running("evil.loop");
    await page.longestGap();
    await begin(frame);
    await expectFine(good);
    expect(await page.fallback("evil.loop")).toContain("has not answered for 3 seconds");
    // What a page that shares its process with the loop would wait is seconds.
    expect(await page.longestGap()).toBeLessThan(1_000);
    await expectFine(good);
    await page.retry("evil.loop");
    await page.running("evil.loop");
    await expectFine(good);
  });

  it("is not waited for when it never starts to render", async () => {
    await page.show({ plugin: "evil.late" }, { plugin: "acme.good" });
    await expectFine(await page.running("acme.good"));
    const panel = page.page.locator('[data-testid="evil.late/main"] [role=alert]');
    expect(await panel.textContent({ timeout: 60_000 })).toContain("was not there after 30 seconds");
  });

  it("takes its own memory, not the page's", async () => {
    await page.show({ plugin: "evil.memory" }, { plugin: "acme.good" });
    const good = await page.running("acme.good");
    const frame = await page.running("evil.memory");
    await begin(frame);
    for (let look = 0; look < 5; look += 1) {
      await expectFine(good);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await page.show({ plugin: "acme.good" });
    await expectFine(await page.running("acme.good"));
  });
});

describeInBrowser("a view whose process ends", () => {
  it("is taken away like one that hangs, and the page goes on", async () => {
    const profile = await temporaryFolder();
    // A small heap, so that the process ends before the machine is short of memory.
    const small = await launchWithProfile(profile.path, ["--js-flags=--max-old-space-size=128"]);
    try {
      const shown = await test.openPage(small);
      await shown.page.show({ plugin: "evil.heap" }, { plugin: "acme.good" });
      await shown.page.running("acme.good");
      const frame = await shown.page.running("evil.heap");
      await begin(frame);
      // The driver takes the whole page for crashed, so the page itself tells how it is.
      await expect
        .poll(() => test.beats().at(-1) ?? "", { timeout: 20_000 })
        .toBe("evil.heap=hung&acme.good=running");
      const before = test.beats().length;
      await expect.poll(() => test.beats().length).toBeGreaterThan(before + 2);
    } finally {
      await small.close();
      await profile.remove();
    }
  });
});

describeInBrowser("a view that lies", () => {
  it("is cut off when it floods its port, before the page is slow", async () => {
    await page.show({ plugin: "evil.port" }, { plugin: "acme.good" });
    const good = await page.running("acme.good");
    const frame = await page.running("evil.port");
    await page.longestGap();
    await frame.evaluate(() => {
      setTimeout(() => {
        for (let n = 0; n < 200_000; n += 1)
          (globalThis as unknown as Global).say(JSON.stringify({ t: "pong", n: 1 }));
      });
    });
    expect(await page.fallback("evil.port")).toContain("more messages than the console can take");
    expect(await page.longestGap()).toBeLessThan(1_500);
    await expectFine(good);
  });

  it.each([
    [
      "another plugin's name",
      JSON.stringify({ t: "call", id: 9, method: "storage.get", args: {}, plugin: "acme.good" }),
    ],
    ["a session", JSON.stringify({ t: "start", pluginId: "acme.good" })],
    ["an answer", JSON.stringify({ t: "value", id: 1, value: "forged" })],
    ["an object", { t: "ready" }],
    ["no JSON", "{"],
  ])("is cut off when it sends %s", async (_what, message) => {
    await page.show({ plugin: "evil.port" }, { plugin: "acme.good" });
    await say(await page.running("evil.port"), message);
    expect(await page.fallback("evil.port")).toContain("a message that the console does not know");
    await expectFine(await page.running("acme.good"));
  });

  it("reads its own storage whatever it says, and not another plugin's", async () => {
    await page.show({ plugin: "evil.throws" }, { plugin: "acme.good" });
    const good = await page.running("acme.good");
    await good.evaluate(() => (globalThis as unknown as Global).api.storage.set("secret", "private"));
    const frame = await page.running("evil.throws");
    const read = (key: string) =>
      frame.evaluate((name) => (globalThis as unknown as Global).api.storage.get(name), key);
    expect(await good.evaluate(() => (globalThis as unknown as Global).api.storage.get("secret"))).toBe(
      "private",
    );
    for (const key of ["secret", "acme.good/secret", "../acme.good/secret"])
      expect(await read(key)).toBeNull();
  });

  it("speaks to nobody through the page's window", async () => {
    await page.show({ plugin: "evil.throws" }, { plugin: "acme.good" });
    const good = await page.running("acme.good");
    const frame = await page.running("evil.throws");
    const calls = (await page.heard()).calls.length;
    await frame.evaluate(() => {
      const message = JSON.stringify({ t: "call", id: 1, method: "storage.get", args: { key: "secret" } });
      for (const target of [parent, top, parent.frames[0], parent.frames[1]]) {
        const { port1, port2 } = new MessageChannel();
        target?.postMessage(message, "*", [port2]);
        port1.postMessage(message);
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await page.heard()).calls.length).toBe(calls);
    await expectFine(good);
  });

  it("covers nothing but its own place, however high it says it is", async () => {
    await page.show({ plugin: "evil.overlay" });
    await page.running("evil.overlay");
    await expect
      .poll(() =>
        page.page.locator("[data-frame]").evaluate((element) => element.getBoundingClientRect().height),
      )
      .toBe(400);
    const box = await page.page.locator("iframe").boundingBox();
    expect(box?.height).toBeLessThanOrEqual(400);
    expect(box?.width).toBeLessThanOrEqual(600);
    expect(await page.isUsable()).toBe(true);
  });

  it("calls nothing that was not granted", async () => {
    await page.show({ plugin: "acme.good" });
    const frame = await page.running("acme.good");
    const refusals = await frame.evaluate(async () => {
      const { api } = globalThis as unknown as {
        api: Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>;
      };
      const refused = (promise: Promise<unknown> | undefined) =>
        promise?.then(
          () => "allowed",
          (error: { code: string }) => error.code,
        );
      return await Promise.all([
        refused(fetch("https://example.com/")),
        refused(fetch("/api/me")),
        refused(api.metrics?.plugins?.()),
        refused(api.ui?.showNotification?.({ title: "Hello" })),
        refused(api.plugin?.call?.("none")),
      ]);
    });
    expect(refusals).toEqual([
      "permission_denied",
      "fetch_refused",
      "permission_denied",
      "permission_denied",
      "tool_not_found",
    ]);
  });
});
