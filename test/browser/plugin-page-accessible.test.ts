import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleTest, faultsOfLooks } from "./support/console-test.ts";
import { LIVELY, lively } from "./support/lively-plugin.ts";
import { brokenSample } from "./support/sample-plugins.ts";

let test: ConsoleTest;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.api.post("/api/orgs/default/projects", { slug: "kitchen", name: "Kitchen" });
  await test.upload(await lively());
  await test.install({ plugin: LIVELY, grants: ["storage.scoped"] }, { enable: true });
  await test.upload(await lively("1.1.0"));
  await test.upload(await brokenSample({ id: "acme.broken", manifest: { name: "Broken" } }, "No tea left."));
  await test.install({ plugin: "acme.broken" }, { enable: true });
  for (const level of ["info", "warn", "error"])
    await test.api.post(`/api/orgs/default/tools/${LIVELY}/talk`, { input: { lines: 40, level } });
});
afterAll(async () => await test?.close());

/** Where to go, and what is there when it is complete. */
const PLACES: readonly (readonly [string, string])[] = [
  [`${LIVELY}/overview`, "What it adds"],
  [`${LIVELY}/permissions`, "Orders tea."],
  [`${LIVELY}/scope`, "Selected projects"],
  [`${LIVELY}/settings`, "Cups"],
  [`${LIVELY}/tools?tool=greet`, "Run the tool"],
  [`${LIVELY}/logs`, "Line 40"],
  [`${LIVELY}/metrics`, "Duration of calls"],
  [`${LIVELY}/history`, "Installed"],
  [`${LIVELY}/versions`, "SHA-256"],
  [`${LIVELY}/instances`, "Processes of the node"],
  ["acme.broken/overview", "No tea left."],
  ["no.such", "Go to Plugins"],
];

describe("the page of a plugin", () => {
  it("breaks no serious rule of axe on any tab and cannot be moved sideways", async () => {
    const { page, context, faults } = await test.visit();
    for (const [path, words] of PLACES) {
      await page.goto(`/o/default/plugins/${path}`);
      await page.getByRole("main").getByText(words).last().waitFor();
      expect(await faultsOfLooks(page), path).toEqual({});
    }
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("by keyboard only", () => {
  it("one gets from tab to tab, and each has its address", async () => {
    const { page, context } = await test.visit();
    await page.goto(`/o/default/plugins/${LIVELY}/overview`);
    await page.getByRole("tab", { name: "Overview" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/scope$/);
    await page.getByRole("radio", { name: "All projects" }).waitFor();
    await page.goBack();
    await page.waitForURL(/\/overview$/);
    await context.close();
  });
});

describe("in German", () => {
  it("the page speaks German", async () => {
    const { page, context } = await test.visit({ locale: "de-DE" });
    await page.goto(`/o/default/plugins/${LIVELY}/metrics`);
    await page.getByRole("tab", { name: "Berechtigungen" }).waitFor();
    await page.getByRole("img", { name: /^Aufrufe: Aufrufe \d+ und Fehler \d+$/ }).waitFor();
    await context.close();
  });
});
