import { afterAll, beforeAll, expect, it } from "vitest";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { brokenRules, ConsoleTest, sidewaysPixels } from "./support/console-test.ts";

const PAGE = "/o/default/settings/updates";
const code = (version: string) =>
  `export default { tools: { say: { description: "The tool say.", run: () => "${version}" } } };`;

let registry: TestRegistry;
let test: ConsoleTest;
const publish = (version: string, manifest: Record<string, unknown> = {}) =>
  registry.publish({ id: "acme.weather", version, code: code(version), tools: ["say"], manifest });
const rules = async () => (await test.api.get("/api/orgs/default/auto-update")).body;

describeInBrowser("the page about updates", () => {
  beforeAll(async () => {
    registry = await startRegistry();
    test = await ConsoleTest.start({ PATCHBAY_MARKETPLACE_URL: registry.server.url });
    await publish("1.0.0");
    await test.install({ plugin: "acme.weather", version: "1.0.0" }, { enable: true });
    await publish("1.1.0");
    await publish("2.0.0", { permissions: { required: ["storage.scoped"] } });
  });
  afterAll(async () => {
    await test?.close();
    await registry?.stop();
  });

  it("lets administrators set the rules, see what comes next, and look at once", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto(PAGE);
    await page.getByText("No update is due.").waitFor();
    await page.getByLabel("Install by itself", { exact: true }).selectOption("Every newer version");
    await page.getByLabel("Hours that a version must have been out").fill("0");
    await page.getByRole("switch", { name: "Only in a time window" }).press("Space");
    await page.getByRole("checkbox", { name: "Monday" }).uncheck();
    await page.getByRole("combobox", { name: "Add a plugin" }).click();
    await page.getByRole("option", { name: /acme\.weather/ }).click();
    await page.getByLabel("Pin of acme.weather").fill("1.x");
    await page.getByRole("button", { name: "Save the rules" }).click();
    await page.getByText("The rules are in force.").waitFor();
    expect(await rules()).toMatchObject({
      strategy: "all",
      minimumAgeHours: 0,
      window: { days: ["tue", "wed", "thu", "fri"], from: "02:00", to: "05:00" },
      plugins: { "acme.weather": { pin: "1.x" } },
    });
    await page.getByRole("switch", { name: "Only in a time window" }).press("Space");
    await page.getByRole("button", { name: "Save the rules" }).click();
    await expect.poll(async () => (await rules()).window).toBeNull();
    await page.getByRole("button", { name: "Look now" }).click();
    await page.getByText("Looked for updates just now.").waitFor();
    await expect.poll(async () => (await test.installation("acme.weather")).version).toBe("1.1.0");
    expect(faults).toEqual([]);
    await context.close();
  });

  it("names what an update waits for, and leads to it", async () => {
    await test.api.put("/api/orgs/default/auto-update", { strategy: "all", minimumAgeHours: 0 });
    await test.api.post("/api/orgs/default/auto-update/run");
    const { page, context } = await test.visit();
    await page.goto(PAGE);
    await page.getByText("acme.weather 1.1.0 → 2.0.0").waitFor();
    await page.getByText("wants more permissions: somebody has to grant them").waitFor();
    await page.getByRole("link", { name: "Review the update of acme.weather" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Keeps values and files in its own space").waitFor();
    await dialog.getByRole("button", { name: "Update to 2.0.0" }).waitFor();
    await context.close();
  });

  it("says what is wrong with a rule, and keeps what was entered", async () => {
    const { page, context } = await test.visit();
    await page.goto(PAGE);
    await page.getByRole("combobox", { name: "Add a plugin" }).click();
    await page.getByRole("option", { name: /acme\.weather/ }).click();
    await page.getByLabel("Pin of acme.weather").fill("the newest");
    await page.getByRole("button", { name: "Save the rules" }).click();
    const alert = page.getByRole("alert").filter({ hasText: "The rules were not changed" });
    await alert
      .getByText(/"the newest" is not a version or a range/)
      .first()
      .waitFor();
    expect(await page.getByLabel("Pin of acme.weather").inputValue()).toBe("the newest");
    await context.close();
  });

  it("shows advisories and blocked versions, also to those who only read", async () => {
    await registry.client.registry.putAdvisory({
      id: "PB-9",
      modified: new Date().toISOString(),
      summary: "It reads other people's forecasts.",
      affected: [
        {
          package: { ecosystem: "Patchbay", name: "acme.weather" },
          ranges: [{ type: "SEMVER", events: [{ introduced: "1.0.0" }, { fixed: "2.0.0" }] }],
        },
      ],
    });
    await registry.client.registry.block({
      plugin: "acme.weather",
      versions: "1.1.0",
      reason: "It mines coins.",
    });
    await test.api.post("/api/orgs/default/auto-update/run");
    const { page, context } = await test.visit(await test.addPerson("viewer"));
    await page.goto(PAGE);
    await page.getByText("It reads other people's forecasts.").waitFor();
    await page.getByText("mended in 2.0.0").waitFor();
    await page.getByText("acme.weather 1.1.0 is blocked").waitFor();
    await page.getByText("It mines coins.").first().waitFor();
    await page.getByText("Owners and administrators of the organization can change this.").waitFor();
    expect(await page.getByRole("button", { name: "Look now" }).count()).toBe(0);
    await context.close();
    for (const look of [{}, { scheme: "dark" }, { width: 390 }, { width: 390, locale: "de-DE" }] as const) {
      const visit = await test.visit(look);
      await visit.page.goto(PAGE);
      await visit.page.getByText("PB-9").first().waitFor();
      expect(await brokenRules(visit.page)).toEqual([]);
      expect(await sidewaysPixels(visit.page)).toBe(0);
      await visit.context.close();
    }
  });

  it("shows a blocked plugin as one that does not run, and what can be done about it", async () => {
    await registry.publish({ id: "acme.alone", code: code("1.0.0"), tools: ["say"] });
    await test.install({ plugin: "acme.alone" }, { enable: true });
    await registry.client.registry.block({ plugin: "acme.alone", versions: "1.0.0", reason: "It spies." });
    await test.api.post("/api/orgs/default/auto-update/run");
    await expect.poll(async () => (await test.installation("acme.alone")).state).toBe("blocked");
    const { page, context, faults } = await test.visit();
    await page.goto("/o/default/plugins");
    const blocked = page.getByRole("region", { name: "Blocked" });
    for (const name of ["acme.alone", "acme.weather"]) {
      const toggle = blocked.getByRole("switch", { name: `${name} enabled` });
      await toggle.waitFor();
      expect([await toggle.isChecked(), await toggle.isDisabled()]).toEqual([false, true]);
    }
    const enabled = page.getByRole("region", { name: "Enabled" });
    expect(await enabled.getByRole("article", { name: /^acme\./ }).count()).toBe(0);
    const attention = page.getByRole("region", { name: "Needs attention" });
    await attention.getByRole("button", { name: "Update to 2.0.0: acme.weather" }).first().waitFor();
    await attention.getByRole("link", { name: "acme.alone" }).click();
    await page.getByText("change to a version that is not blocked").waitFor();
    expect(await page.getByRole("switch", { name: "acme.alone enabled" }).isChecked()).toBe(false);
    expect(await brokenRules(page)).toEqual([]);
    await page.getByRole("button", { name: "More about acme.alone" }).click();
    await page.getByRole("menuitem", { name: "Change the version" }).click();
    const nothing = page.getByRole("dialog");
    await nothing
      .getByText(/1\.0\.0 is the newest version in the catalog\. This version is blocked/)
      .waitFor();
    expect(await nothing.getByRole("button", { name: "Choose a file" }).isEnabled()).toBe(true);
    expect(await nothing.getByRole("button", { name: "Uninstall" }).isEnabled()).toBe(true);
    await nothing.getByRole("button", { name: "Look in the marketplaces" }).click();
    await nothing.getByText("There is still nothing newer than 1.0.0.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
    await page.getByRole("alert").getByRole("button", { name: "Uninstall" }).click();
    await page.getByRole("dialog").getByLabel("Type acme.alone to confirm").fill("acme.alone");
    await page.getByRole("dialog").getByRole("button", { name: "Uninstall acme.alone" }).click();
    await expect.poll(() => test.installation("acme.alone")).toBeNull();
    expect(faults).toEqual([]);
    await context.close();
    const german = await test.visit({ locale: "de-DE", width: 390 });
    await german.page.goto("/o/default/plugins/acme.weather/overview");
    const alert = german.page.getByRole("alert");
    await alert.getByText("zu einer Version wechseln, die nicht gesperrt ist").waitFor();
    expect(await sidewaysPixels(german.page)).toBe(0);
    await alert.getByRole("button", { name: "Auf 2.0.0 aktualisieren" }).click();
    const dialog = german.page.getByRole("dialog");
    await dialog.getByText("1.1.0 ist gesperrt und läuft nicht. 2.0.0 startet sofort.").waitFor();
    await dialog.getByRole("checkbox", { name: "Ich erteile die neue Berechtigung" }).check();
    await dialog.getByRole("button", { name: "Auf 2.0.0 aktualisieren" }).click();
    await expect.poll(async () => (await test.installation("acme.weather")).state).toBe("enabled");
    await german.context.close();
  });
});
