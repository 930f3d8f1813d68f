import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleTest, type Visit } from "./support/console-test.ts";
import { brokenSample, sample, WEATHER_GRANTS, weather } from "./support/sample-plugins.ts";

const ADDRESS = "/o/default/plugins";

let test: ConsoleTest;
let visit: Visit;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.upload(await weather());
  await test.install({ plugin: "acme.weather", grants: WEATHER_GRANTS }, { enable: true });
  await test.upload(await weather({ version: "1.1.0", isLater: true }));
  await test.upload(await brokenSample({ id: "acme.broken", manifest: { name: "Broken" } }, "No licence."));
  await test.install({ plugin: "acme.broken" }, { enable: true });
  for (const name of ["Notes", "Papers"]) {
    const id = `bean.${name.toLowerCase()}`;
    await test.upload(await sample({ id, manifest: { name, author: { name: "Bean" }, category: "data" } }));
    await test.install({ plugin: id });
  }
  visit = await test.visit();
});
afterAll(async () => await test?.close());

const open = async (address = ADDRESS) => {
  await visit.page.goto(address);
  await visit.page.getByRole("heading", { name: "Plugins", level: 1 }).waitFor();
  return visit.page;
};
const card = (name: string) => visit.page.getByRole("article", { name });
const names = () => visit.page.getByRole("article").locator("a").allTextContents();

describe("the plugins page", () => {
  it("begins with what needs attention, each with its next action", async () => {
    const page = await open();
    const list = page.getByRole("region", { name: "Needs attention" });
    await list.getByText("No licence.").waitFor();
    await list.getByRole("button", { name: "Retry: Broken" }).waitFor();
    await list.getByText("Version 1.1.0 waits for 1 permission.").waitFor();
    await list.getByRole("button", { name: "Review update: Weather" }).click();
    await page.getByRole("dialog", { name: "Update Weather" }).waitFor();
  });

  it("shows cards with badge, version, category, author, health and what can be updated", async () => {
    await open();
    await card("Weather").waitFor();
    const text = await card("Weather").textContent();
    for (const words of ["1.0.0 · Integration · Acme", "Private", "Forecasts for any place.", "0 calls"])
      expect(text).toContain(words);
    expect(await card("Weather").getByRole("button", { name: "Update to 1.1.0: Weather" }).count()).toBe(1);
    expect(await card("Weather").locator("img").getAttribute("src")).toContain("/icon?digest=");
    expect(await card("Broken").textContent()).toContain("No licence.");
  });

  it("has a section of enabled and one of disabled plugins, and a switch between them that says what it did", async () => {
    const page = await open();
    const [enabled, disabled] = ["Enabled", "Disabled"].map((name) =>
      page.getByRole("region", { name, exact: true }),
    );
    await disabled?.getByRole("switch", { name: "Notes enabled" }).press("Space");
    await page.getByText("Notes is enabled.").waitFor();
    await enabled?.getByRole("article", { name: "Notes" }).waitFor();
    expect((await test.installation("bean.notes")).state).toBe("enabled");
    await enabled?.getByRole("switch", { name: "Notes enabled" }).press("Space");
    await page.getByText("Notes is disabled.").waitFor();
    await disabled?.getByRole("article", { name: "Notes" }).waitFor();
  });

  it("puts a switch back and says why when the server refuses", async () => {
    const page = await open();
    await card("Broken").getByRole("switch").press("Space");
    await page.getByText("Broken is disabled.").waitFor();
    await card("Broken").getByRole("switch").press("Space");
    await page.getByRole("alert").getByText("The plugin could not be started. No licence.").waitFor();
    await page
      .getByRole("region", { name: "Enabled", exact: true })
      .getByRole("article", { name: "Broken" })
      .waitFor();
  });

  it("sets apart what a chosen project has alone, and says what switches of the rest act on", async () => {
    await test.api.post("/api/orgs/default/projects", { slug: "alpha", name: "Alpha" });
    await test.api.put("/api/orgs/default/plugins/bean.notes/scope", { projects: ["alpha"] });
    const page = await open();
    await page.goto("/o/default/plugins?project=alpha");
    const own = page.getByRole("region", { name: "Only in Alpha" });
    await own.getByRole("article", { name: "Notes" }).waitFor();
    expect(await own.getByRole("article").count()).toBe(1);
    const rest = page.getByRole("region", { name: "From the organization" });
    await rest.getByText(/act on every project/).waitFor();
    expect(await rest.getByRole("article", { name: "Notes" }).count()).toBe(0);
    await test.api.put("/api/orgs/default/plugins/bean.notes/scope", { projects: "all" });
  });

  it("finds by name, description, author and category, and keeps that in the address", async () => {
    const page = await open();
    const search = page.getByRole("searchbox");
    for (const [words, found] of [
      ["papers", ["Papers"]],
      ["forecasts", ["Weather"]],
      ["bean", ["Notes", "Papers"]],
      ["integration acme", ["Weather"]],
    ] as const) {
      await search.fill(words);
      await page.waitForURL((url) => url.searchParams.get("q") === words);
      await expect.poll(names).toEqual(found);
    }
    await page.reload();
    await expect.poll(names).toEqual(["Weather"]);
    await search.fill("nothing like it");
    await page.getByRole("button", { name: "Clear search and filters" }).click();
    await expect.poll(async () => (await names()).length).toBeGreaterThan(3);
  });

  it("filters by category and sorts, in the address as well", async () => {
    const page = await open();
    await page.getByRole("combobox", { name: "Category" }).selectOption("Data");
    await page.getByRole("combobox", { name: "Sort" }).selectOption("Last changed");
    await page.waitForURL(/category=data&sort=updated/);
    await card("Notes").waitFor();
    expect(await names()).not.toContain("Weather");
  });

  it("focuses the search at a slash, and moves with Tab from card to card", async () => {
    const page = await open();
    await card("Weather").waitFor();
    await page.keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("type"))).toBe("search");
    await page.keyboard.type("papers");
    await expect.poll(names).toEqual(["Papers"]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "Select Papers",
    );
  });

  it("switches all that are selected", async () => {
    const page = await open(`${ADDRESS}?q=bean`);
    await card("Notes").getByRole("checkbox").check();
    const bar = page.getByRole("region", { name: "Selection" });
    await bar.getByText("1 selected").waitFor();
    await bar.getByRole("button", { name: "Select all 2" }).click();
    await bar.getByRole("button", { name: "Enable" }).click();
    await page.getByText("2 plugins are enabled.").waitFor();
    expect((await test.installation("bean.papers")).state).toBe("enabled");
    expect(await bar.count()).toBe(0);
  });

  it("follows changes of others without a reload", async () => {
    const page = await open(`${ADDRESS}?q=papers`);
    await page.getByText("Live").waitFor();
    await test.api.post("/api/orgs/default/plugins/bean.papers/disable");
    await page
      .getByRole("region", { name: "Disabled", exact: true })
      .getByRole("article", { name: "Papers" })
      .waitFor();
  });

  it("leads from a card to the plugin's own page", async () => {
    const page = await open();
    await card("Weather").getByRole("link").click();
    await page.waitForURL(/\/plugins\/acme\.weather/);
  });

  it("throws nothing and meets its policy nowhere", () => {
    expect(visit.faults).toEqual([]);
  });
});
