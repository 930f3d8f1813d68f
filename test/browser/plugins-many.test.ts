import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleTest } from "./support/console-test.ts";
import { sample } from "./support/sample-plugins.ts";

/** Enough to fill many screens; 500 would only take longer to install. */
const PLUGINS = 60;
/** At once while they are installed: their packages are checked in processes of their own. */
const AT_ONCE = 2;

let test: ConsoleTest;

const nameOf = (index: number): string => `Sample ${String(index).padStart(3, "0")}`;

beforeAll(async () => {
  test = await ConsoleTest.start();
  const due = Array.from({ length: PLUGINS }, (_, index) => index).values();
  const install = async () => {
    for (const index of due) {
      const id = `many.sample-${index}`;
      await test.upload(await sample({ id, manifest: { name: nameOf(index) } }));
      await test.install({ plugin: id });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, install));
});
afterAll(async () => await test?.close());

describe("many plugins", () => {
  it("are drawn only where one looks, and are all there", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto("/o/default/plugins?q=sample");
    const cards = page.getByRole("article");
    await cards.first().waitFor();
    expect(await page.getByRole("listitem").last().getAttribute("aria-setsize")).toBe(String(PLUGINS));
    expect(await cards.count()).toBeLessThan(PLUGINS / 2);
    await page.keyboard.press("End");
    await page.getByRole("article", { name: nameOf(PLUGINS - 1) }).waitFor();
    expect(await page.getByRole("article", { name: nameOf(0) }).count()).toBe(0);
    await page.keyboard.press("Home");
    await page.getByRole("article", { name: nameOf(0) }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it("keep their place when one comes back from a plugin's page", async () => {
    const { page, context } = await test.visit();
    await page.goto("/o/default/plugins?q=sample");
    await page.getByRole("article").first().waitFor();
    await page.keyboard.press("End");
    const last = page.getByRole("article", { name: nameOf(PLUGINS - 1) });
    await last.getByRole("link").click();
    await page.waitForURL(/many\.sample/);
    await page.getByRole("heading", { name: nameOf(PLUGINS - 1) }).waitFor();
    await page.goBack();
    await last.waitFor();
    await context.close();
  });
});
