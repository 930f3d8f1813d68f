import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleTest, faultsOfLooks } from "./support/console-test.ts";
import { brokenSample, WEATHER_GRANTS, weather } from "./support/sample-plugins.ts";

let test: ConsoleTest;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.upload(await weather());
  await test.install({ plugin: "acme.weather", grants: WEATHER_GRANTS }, { enable: true });
  await test.upload(await weather({ version: "1.1.0", isLater: true }));
  await test.upload(await weather({ id: "acme.climate" }));
  await test.upload(await brokenSample({ id: "acme.broken", manifest: { name: "Broken" } }, "No licence."));
  await test.install({ plugin: "acme.broken" }, { enable: true });
});
afterAll(async () => await test?.close());

/** Where to go, and what is there when it is complete. */
const PLACES: readonly (readonly [string, string])[] = [
  ["", "Needs attention"],
  ["?q=nothing", "No installed plugin matches."],
  ["?dialog=settings&plugin=acme.weather", "Minutes"],
  ["?dialog=update&plugin=acme.weather", "Stores forecasts."],
  ["?dialog=uninstall&plugin=acme.weather", "2 granted permissions"],
  ["?dialog=rollback&plugin=acme.weather", "Nothing to roll back to"],
  ["?dialog=install", "Drop a package here"],
];

describe("the plugins page and its dialogs", () => {
  it("break no serious rule of axe and cannot be moved sideways", async () => {
    const { page, context, faults } = await test.visit();
    for (const [search, words] of PLACES) {
      await page.goto(`/o/default/plugins${search}`);
      await page.getByRole("main").or(page.getByRole("dialog")).getByText(words).last().waitFor();
      expect(await faultsOfLooks(page), search).toEqual({});
    }
    expect(faults).toEqual([]);
    await context.close();
  });

  it("neither do the steps of an installation", async () => {
    const { page, context } = await test.visit();
    await page.goto("/o/default/plugins?dialog=install&plugin=acme.climate");
    const dialog = page.getByRole("dialog");
    for (const words of ["How to use it", "Required", "All projects", "Enable it at once"]) {
      await dialog.getByText(words).first().waitFor();
      expect(await faultsOfLooks(page), words).toEqual({});
      const next = dialog.getByRole("button", { name: "Next" });
      if ((await next.count()) > 0) await next.click();
    }
    await context.close();
  });
});

describe("by keyboard only", () => {
  it("a plugin is found, its settings are changed and saved, and focus is where it was", async () => {
    const { page, context } = await test.visit();
    await page.goto("/o/default/plugins");
    await page.getByRole("article", { name: "Weather" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("weather");
    await page.waitForURL(/q=weather/);
    const press = async (key: string, until: string) => {
      const focused = () =>
        page.evaluate(() => {
          const { ariaLabel, textContent, labels } = document.activeElement as HTMLInputElement;
          return ariaLabel ?? labels?.[0]?.textContent ?? textContent ?? "";
        });
      for (let step = 0; step < 30; step += 1) {
        await page.keyboard.press(key);
        if ((await focused()) === until) return;
      }
      throw new Error(`${key} does not lead to ${until}.`);
    };
    await press("Tab", "Settings of Weather");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByLabel("Days").waitFor();
    await press("Tab", "Days");
    await page.keyboard.press("ArrowUp");
    await press("Tab", "Save");
    await page.keyboard.press("Enter");
    await page.getByText("The settings of Weather are saved.").waitFor();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.ariaLabel))
      .toBe("Settings of Weather");
    await context.close();
  });
});

describe("in German", () => {
  it("the page and its dialogs speak German", async () => {
    const { page, context } = await test.visit({ locale: "de-DE" });
    await page.goto("/o/default/plugins?dialog=uninstall&plugin=acme.weather");
    await page.getByRole("dialog", { name: "Weather deinstallieren" }).getByText("Das entfernt").waitFor();
    await page.getByRole("button", { name: "Abbrechen" }).click();
    await page.getByRole("heading", { name: "Braucht Aufmerksamkeit" }).waitFor();
    await context.close();
  });
});
