import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { describeInBrowser } from "./support/chromium.ts";
import { FrameTest, type ShownPage } from "./support/frame-test.ts";
import { picture } from "./support/picture.ts";

let test: FrameTest;
let page: ShownPage;
let context: BrowserContext;

const DARK = {
  mode: "dark",
  colors: {
    background: "#1a1b1e",
    surface: "#25262b",
    border: "#373a40",
    text: "#e6e7e9",
    mutedText: "#a0a3a8",
    accent: "#4dabf7",
    accentText: "#0b1117",
    success: "#69db7c",
    warning: "#ffd43b",
    danger: "#ff8787",
  },
} as const;

beforeAll(async () => {
  test = await FrameTest.start();
  await test.install({
    id: "acme.worker",
    ui: "export default () => null;",
    code: "export default { tools: { work: { description: 'w', run: ({ fail }) => { if (fail) throw new Error('no'); return 1; } } } };",
    tools: ["work"],
  });
  for (let n = 0; n < 12; n += 1)
    await test.api.post("/api/orgs/default/tools/acme.worker/work", { input: { fail: n % 4 === 0 } });
  for (const plugin of ["patchbay.insights", "patchbay.highlight"]) {
    const { required, optional } = (await test.api.get(`/api/orgs/default/plugins/${plugin}/grants`)).body;
    const grants = [...required, ...optional].map(({ reason: _reason, ...grant }) => grant);
    expect((await test.api.put(`/api/orgs/default/plugins/${plugin}/grants`, { grants })).status).toBe(200);
    expect((await test.api.post(`/api/orgs/default/plugins/${plugin}/enable`)).status).toBe(200);
  }
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  ({ page, context } = await test.openPage());
});
afterEach(async () => await context.close());

describeInBrowser("patchbay.insights", () => {
  const insights = "patchbay.insights";

  it("draws the calls of the last hour on its page, all together and of one plugin", async () => {
    await page.show({ plugin: insights, view: "overview" });
    const frame = await page.running(insights, "overview");
    const charts = frame.getByRole("img");
    await expect.poll(() => charts.count()).toBe(2);
    expect(await charts.first().getAttribute("aria-label")).toBe("Calls of All plugins in the last hour");
    expect(await frame.locator(".figures").textContent()).toContain("Calls12Errors3");
    await frame.getByRole("button", { name: "acme.worker" }).click();
    expect(await frame.locator("h2").textContent()).toBe("acme.worker");
    await picture(page.page, "insights-light");
    await charts.first().focus();
    await page.page.keyboard.press("End");
    await expect
      .poll(() => frame.locator("figcaption").first().textContent())
      .toMatch(/Calls\d+Errors\d+\d\d:\d\d/);
    await page.setTheme(DARK);
    await picture(page.page, "insights-dark");
  });

  it("says the same in short beside the navigation", async () => {
    await page.show({ plugin: insights, view: "summary" });
    const frame = await page.running(insights, "summary");
    await expect.poll(() => frame.locator(".figures").textContent()).toContain("Calls12");
    await picture(page.page, "insights-summary");
  });

  it("says why when the numbers cannot be read for a while, and goes on after it", async () => {
    const grantCalls = (callsPerMinute: number) =>
      test.api.put(`/api/orgs/default/plugins/${insights}/grants`, {
        grants: ["ui.page", "ui.sidebar", { name: "metrics.read", callsPerMinute }],
      });
    expect((await grantCalls(1)).status).toBe(200);
    await page.show({ plugin: insights, view: "overview" });
    const frame = await page.running(insights, "overview");
    await test.api.put(`/api/orgs/default/plugins/${insights}/settings`, { refreshSeconds: 2 });
    await page.changeSettings();
    await expect
      .poll(() => frame.getByRole("alert").textContent(), { timeout: 10_000 })
      .toMatch(/may be called 1 times? a minute/);
    await grantCalls(1_000);
    await expect.poll(() => frame.getByRole("alert").count(), { timeout: 10_000 }).toBe(0);
  });
});

describeInBrowser("patchbay.highlight", () => {
  const highlight = "patchbay.highlight";

  it("previews Markdown with tables, boxes and coloured code, and shows HTML in it as text", async () => {
    await page.show({ plugin: highlight, view: "editor" });
    const frame = await page.running(highlight, "editor");
    const preview = frame.locator(".preview");
    await expect.poll(() => preview.locator("table td").count()).toBe(2);
    expect(await preview.locator(".hljs-keyword").count()).toBeGreaterThan(0);
    await picture(page.page, "highlight-light");
    await frame.getByLabel("Text").fill("# One\n\n<img src=x onerror=alert(1)> **two**");
    await expect.poll(() => preview.locator("h1").textContent()).toBe("One");
    expect(await preview.locator("strong").textContent()).toBe("two");
    expect(await preview.locator("img").count()).toBe(0);
  });

  it("colours code in a language that is chosen or guessed, and keeps the text", async () => {
    await page.show({ plugin: highlight, view: "editor" });
    const frame = await page.running(highlight, "editor");
    await frame.getByLabel("Language").selectOption("");
    await frame.getByLabel("Text").fill('{"a": [1, true, null]}');
    await expect.poll(() => frame.locator("main").textContent()).toContain("looks like JSON");
    expect(await frame.locator(".preview .hljs-attr").count()).toBeGreaterThan(0);
    await page.setTheme(DARK);
    await picture(page.page, "highlight-dark");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await page.show();
    await page.show({ plugin: highlight, view: "editor" });
    const again = await page.running(highlight, "editor");
    await expect.poll(() => again.getByLabel("Text").inputValue()).toBe('{"a": [1, true, null]}');
  });
});
