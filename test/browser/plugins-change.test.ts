import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleTest, type Visit } from "./support/console-test.ts";
import { brokenSample, sample, WEATHER_GRANTS, weather } from "./support/sample-plugins.ts";

let test: ConsoleTest;
let visit: Visit;
let dialog: Locator;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.upload(await weather());
  const settings = { days: 7, apiKey: "hush" };
  await test.install({ plugin: "acme.weather", grants: WEATHER_GRANTS, settings }, { enable: true });
  await test.upload(await weather({ version: "1.1.0", isLater: true }));
  await test.upload(await sample({ id: "bean.notes", manifest: { name: "Notes" } }));
  await test.install({ plugin: "bean.notes" }, { enable: true });
  await test.upload(
    await brokenSample(
      { id: "bean.notes", version: "2.0.0", manifest: { name: "Notes" } },
      "Version 2 needs a database.",
    ),
  );
  visit = await test.visit();
  dialog = visit.page.getByRole("dialog");
});
afterAll(async () => await test?.close());

const card = (name: string) => visit.page.getByRole("article", { name });
const open = async () => {
  await visit.page.goto("/o/default/plugins");
  await card("Weather").or(card("Notes")).first().waitFor();
};
const choose = async (name: string, item: string) => {
  await card(name)
    .getByRole("button", { name: `More about ${name}` })
    .click();
  await visit.page.getByRole("menuitem", { name: item }).click();
  await dialog.waitFor();
};

describe("an update", () => {
  it("says what changes: version, permissions, settings and the changelog", async () => {
    await open();
    await card("Weather").getByRole("button", { name: "Update to 1.1.0: Weather" }).click();
    for (const words of [
      "Version 1.0.0 → 1.1.0",
      "“Shows how often it is asked.”",
      "Language",
      "Stores forecasts.",
    ])
      await dialog.getByText(words).waitFor();
    const added = dialog.getByRole("listitem").filter({ hasText: "Reads metrics of models and plugins" });
    expect(await added.textContent()).toContain("New");
    expect(await dialog.getByText("Connects to servers").count()).toBe(0);
  });

  it("wants the added permissions to be accepted, and then runs the new version with them", async () => {
    const update = dialog.getByRole("button", { name: "Update to 1.1.0" });
    expect(await update.isDisabled()).toBe(true);
    await dialog.getByRole("checkbox", { name: "I accept the new permission" }).check();
    await update.click();
    await visit.page.getByText("Weather now runs version 1.1.0.").waitFor();
    const installed = await test.installation("acme.weather");
    expect(installed).toMatchObject({ version: "1.1.0", state: "enabled" });
    expect(installed.grants.map(({ name }: { name: string }) => name)).toContain("metrics.read");
  });

  it("that cannot start leaves the old version running, and the card says why", async () => {
    await open();
    await choose("Notes", "Update to 2.0.0");
    await dialog.getByRole("button", { name: "Update to 2.0.0" }).click();
    await dialog.getByText("The update did not work. Version 1.0.0 keeps running.").waitFor();
    await dialog.getByText("Version 2 needs a database.").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await card("Notes")
      .getByText("the old version keeps running. Version 2 needs a database.", { exact: false })
      .waitFor();
    expect(await test.installation("bean.notes")).toMatchObject({ version: "1.0.0", state: "enabled" });
  });
});

describe("a rollback", () => {
  it("says what happens, and is one click", async () => {
    await open();
    await choose("Weather", "Roll back to 1.0.0");
    await dialog.getByText("goes from version 1.1.0 back to 1.0.0").waitFor();
    await dialog.getByText("Settings and data stay").waitFor();
    await dialog.getByRole("button", { name: "Roll back to 1.0.0" }).click();
    await visit.page.getByText("Weather now runs version 1.0.0.").waitFor();
    expect((await test.installation("acme.weather")).version).toBe("1.0.0");
  });
});

describe("uninstalling", () => {
  it("says in numbers what is lost, wants the name, disables first and removes everything", async () => {
    await open();
    await choose("Weather", "Uninstall");
    for (const words of [
      "1 setting",
      "1 secret",
      "2 granted permissions",
      "It is enabled: it is disabled first.",
    ])
      await dialog.getByText(words).waitFor();
    const button = dialog.getByRole("button", { name: "Uninstall Weather" });
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByLabel("Type Weather to confirm").fill("weather");
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByLabel("Type Weather to confirm").fill("Weather");
    await button.click();
    await visit.page.getByText("Weather is uninstalled.").waitFor();
    await card("Weather").waitFor({ state: "detached" });
    expect(await test.installation("acme.weather")).toBeNull();
  });

  it("is not offered for what came with Patchbay", async () => {
    await open();
    await card("Documents").getByRole("button", { name: "More about Documents" }).click();
    const item = visit.page.getByRole("menuitem", { name: "Built-in, stays installed" });
    await item.waitFor();
    expect(await item.isDisabled()).toBe(true);
  });

  it("gives focus back to the card's menu when it is cancelled", async () => {
    await open();
    await choose("Notes", "Uninstall");
    await visit.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await expect
      .poll(() => visit.page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
      .toBe("More about Notes");
  });

  it("throws nothing and meets its policy nowhere", () => {
    expect(visit.faults).toEqual([]);
  });
});
