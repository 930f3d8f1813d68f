import type { Locator } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConsoleTest, saving, type Visit } from "./support/console-test.ts";
import { WEATHER_GRANTS, weather } from "./support/sample-plugins.ts";

const SETTINGS = "/api/orgs/default/plugins/acme.weather/settings";

let test: ConsoleTest;
let visit: Visit;
let dialog: Locator;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.api.post("/api/orgs/default/projects", { slug: "kitchen", name: "Kitchen" });
  await test.upload(await weather());
  await test.install({ plugin: "acme.weather", grants: WEATHER_GRANTS });
  visit = await test.visit();
  dialog = visit.page.getByRole("dialog");
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  await visit.page.goto("/o/default/plugins");
  await visit.page.getByRole("button", { name: "Settings of Weather" }).click();
  await days().waitFor();
});

const days = () => dialog.getByRole("textbox", { name: "Days" });
const button = (name: string) => dialog.getByRole("button", { name, exact: true });
const save = async () => {
  await saving(visit.page, () => button("Save").click());
  await visit.page.getByText("The settings of Weather are saved.").last().waitFor();
  await dialog.waitFor({ state: "detached" });
};
const stored = async (project = "") => (await test.api.get(`${SETTINGS}${project}`)).body;

describe("the settings of a plugin", () => {
  it("are a form with the values and defaults of its schema, which is saved only when it has changed", async () => {
    expect(await days().inputValue()).toBe("5");
    expect(await dialog.getByLabel("Units").locator("option:checked").textContent()).toBe("metric");
    expect(await button("Save").isDisabled()).toBe(true);
    await days().fill("7");
    await dialog.getByLabel("Units").selectOption("imperial");
    await dialog.getByRole("switch", { name: "Alerts" }).press("Space");
    await dialog.getByRole("group", { name: "Places" }).getByRole("button", { name: "Add an item" }).click();
    await dialog.getByLabel("Item 2", { exact: true }).fill("Oslo");
    await dialog.getByRole("textbox", { name: "Minutes" }).fill("2.5");
    await save();
    expect((await stored()).values).toEqual({
      units: "imperial",
      days: 7,
      alerts: false,
      places: ["Berlin", "Oslo"],
      cache: { minutes: 2.5 },
    });
  });

  it("show errors at their field, and keep what was entered", async () => {
    await days().fill("99");
    await button("Save").click();
    const alert = dialog.getByRole("alert");
    await alert.getByText("Some settings are missing or not accepted.").waitFor();
    await alert.getByRole("listitem").getByText("Days: ").waitFor();
    await expect.poll(() => days().getAttribute("aria-invalid")).toBe("true");
    expect(await days().inputValue()).toBe("99");
    await expect.poll(() => days().evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it("keep what was entered when no server answers, and say that it does not", async () => {
    await days().fill("6");
    await visit.context.setOffline(true);
    await button("Save").click();
    await dialog.getByRole("alert").getByText("What you entered is kept.").waitFor();
    expect(await dialog.getByRole("alert").textContent()).not.toContain("npm start");
    await visit.context.setOffline(false);
    expect(await days().inputValue()).toBe("6");
    expect((await stored()).values.days).not.toBe(6);
    await button("Cancel").click();
    await dialog.getByRole("button", { name: "Discard the changes" }).click();
  });

  it("take secrets and never show them: set, replace, remove", async () => {
    await dialog.getByLabel("API key").first().fill("first");
    await save();
    expect((await stored()).secrets["/apiKey"].set).toBe(true);

    await visit.page.getByRole("button", { name: "Settings of Weather" }).click();
    await dialog.getByText("Set. Nobody can read it.").waitFor();
    expect(await visit.page.content()).not.toContain("first");
    await button("Replace").click();
    await dialog.getByLabel("API key").first().fill("second");
    await save();

    await visit.page.getByRole("button", { name: "Settings of Weather" }).click();
    await button("Remove").click();
    await dialog.getByText("Removed when you save.").waitFor();
    await save();
    expect((await stored()).secrets["/apiKey"].set).toBe(false);
  });

  it("can be overridden in a project, and show where each value comes from", async () => {
    await test.api.put(SETTINGS, { days: 7 });
    await dialog.getByLabel("For", { exact: true }).selectOption("Kitchen");
    const fieldOf = (label: string) =>
      dialog.locator(".mantine-InputWrapper-root").filter({ hasText: label });
    await fieldOf("Days").getByText("From the organization.").waitFor();
    await days().fill("3");
    await save();
    expect((await stored("?project=kitchen")).origins["/days"]).toBe("project");
    expect((await stored()).values.days).toBe(7);

    await visit.page.getByRole("button", { name: "Settings of Weather" }).click();
    await dialog.getByLabel("For", { exact: true }).selectOption("Kitchen");
    await fieldOf("Days").getByText("Set for this project.").waitFor();
    await fieldOf("Days").getByRole("button", { name: "Use the organization's value" }).click();
    await save();
    expect((await stored("?project=kitchen")).values.days).toBe(7);
  });

  it("go back to the defaults after asking", async () => {
    await test.api.put(SETTINGS, { days: 9 });
    await visit.page.reload();
    await expect.poll(() => days().inputValue()).toBe("9");
    await button("Reset to defaults").click();
    await dialog.getByText("All settings and secrets go back").waitFor();
    await button("Reset to defaults").click();
    await visit.page.getByText("back to their defaults").waitFor();
    await expect.poll(() => days().inputValue()).toBe("5");
    expect((await stored()).origins["/days"]).toBe("default");
  });

  it("ask before changes are left behind, by Cancel, by Escape and by the way back", async () => {
    await days().fill("8");
    const question = dialog.getByRole("alertdialog");
    await button("Cancel").click();
    await question.getByRole("button", { name: "Keep editing" }).click();
    await visit.page.keyboard.press("Escape");
    await question.getByRole("button", { name: "Keep editing" }).click();
    await visit.page.goBack();
    await question.getByRole("button", { name: "Keep editing" }).click();
    expect(await days().inputValue()).toBe("8");
    await button("Cancel").click();
    await question.getByRole("button", { name: "Discard the changes" }).click();
    await dialog.waitFor({ state: "detached" });
    expect((await stored()).values.days).toBe(5);
  });

  it("throw nothing and meet the page's policy nowhere", () => {
    expect(visit.faults).toEqual([]);
  });
});
