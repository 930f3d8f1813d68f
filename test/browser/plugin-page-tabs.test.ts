import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConsoleTest, type Visit } from "./support/console-test.ts";
import { LIVELY, lively } from "./support/lively-plugin.ts";
import { brokenSample } from "./support/sample-plugins.ts";

const PLUGIN = `/api/orgs/default/plugins/${LIVELY}`;
const PAGE = `/o/default/plugins/${LIVELY}`;

let test: ConsoleTest;
let visit: Visit;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.api.post("/api/orgs/default/projects", { slug: "kitchen", name: "Kitchen" });
  await test.upload(await lively());
  await test.install({ plugin: LIVELY, grants: ["storage.scoped"] }, { enable: true });
  await test.upload(await lively("1.1.0"));
  await test.upload(await brokenSample({ id: "acme.broken", manifest: { name: "Broken" } }, "No tea left."));
  await test.install({ plugin: "acme.broken" }, { enable: true });
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

const open = async (tab: string) => {
  await visit.page.goto(`${PAGE}/${tab}`);
  await visit.page.getByRole("heading", { name: "Lively", level: 1 }).waitFor();
};
const button = (name: string | RegExp) =>
  visit.page.getByRole("main").getByRole("button", { name, exact: true });

describe("the page of a plugin", () => {
  it("says what it is: README without its scripts, facts, and what it adds", async () => {
    const { page } = visit;
    await page.goto(PAGE);
    await page.waitForURL(/\/overview$/);
    await page.getByRole("region", { name: "README" }).getByText("everything").waitFor();
    expect(await page.evaluate(() => Object.hasOwn(globalThis, "hacked"))).toBe(false);
    const facts = page.getByRole("region", { name: "Facts" });
    for (const fact of [LIVELY, "Acme", "MIT", "Utility", "Uploaded", "Patchbay ^1.0.0", "kettle"])
      await facts.getByText(fact, { exact: true }).waitFor();
    const { digest } = (await test.api.get(`/api/orgs/default/catalog/${LIVELY}/versions/1.0.0`)).body;
    await facts.getByRole("button", { name: "Copy the digest of the package" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(digest);
    await page.getByRole("region", { name: "What it adds" }).getByRole("link", { name: "Count" }).click();
    await page.waitForURL(/\/tools\?tool=count/);
  });

  it("switches it off and on, and opens the dialogs of its menu by address", async () => {
    const { page } = visit;
    await open("overview");
    await page.getByRole("switch", { name: "Lively enabled" }).press("Space");
    await page.getByText("Lively is disabled.").waitFor();
    expect((await test.installation(LIVELY)).state).toBe("disabled");
    await page.getByRole("tab", { name: "Tools" }).click();
    await page.getByText("Enable it to try its tools.").waitFor();
    await page.getByRole("switch", { name: "Lively enabled" }).press("Space");
    await page.getByText("Lively is enabled.").waitFor();
    await page.getByRole("button", { name: "More about Lively" }).click();
    await page.getByRole("menuitem", { name: "Uninstall" }).click();
    await page.waitForURL(/dialog=uninstall/);
    await page.reload();
    await page
      .getByRole("dialog", { name: "Uninstall Lively" })
      .getByRole("button", { name: "Cancel" })
      .click();
    await page.waitForURL(/\/tools$/);
  });

  it("says of a plugin that does not run what hindered it, and where to look next", async () => {
    const { page } = visit;
    await page.goto("/o/default/plugins/acme.broken/overview");
    const alert = page.getByRole("alert");
    await alert.getByText("No tea left.").waitFor();
    await alert.getByText("The plugin could not be started.").waitFor();
    expect(await alert.getByText("activation_failed").isVisible()).toBe(false);
    await alert.getByText("Details").click();
    await alert.getByText("activation_failed").waitFor();
    expect(await alert.getByRole("button", { name: "Retry" }).isEnabled()).toBe(true);
    await alert.getByRole("link", { name: "Look into the log" }).click();
    await page.waitForURL(/\/logs\?level=warn/);
  });

  it("stays where it is when another project is chosen", async () => {
    const { page } = visit;
    await open("tools?tool=greet");
    await page.getByRole("button", { name: "Project: All projects" }).click();
    await page.getByRole("menuitem", { name: "Kitchen" }).click();
    await page.waitForURL(/\/tools\?.*project=kitchen/);
    await page.getByRole("heading", { name: "Greet" }).waitFor();
  });

  it("says when there is no such plugin", async () => {
    await visit.page.goto("/o/default/plugins/no.such");
    await visit.page.getByRole("link", { name: "Go to Plugins" }).waitFor();
  });
});

describe("its permissions", () => {
  it("are shown in plain words with the author's reasons, and optional ones are granted and taken back", async () => {
    const { page } = visit;
    await open("permissions");
    await page.getByRole("region", { name: "Required" }).getByText("Granted").waitFor();
    await page.getByText("“Remembers who was greeted.”").waitFor();
    const optional = page.getByRole("region", { name: "Optional" });
    await optional.getByText("tea.example.org").waitFor();
    const net = optional.getByRole("switch", { name: "Connects to servers on the internet" });
    const granted = async () =>
      (await test.installation(LIVELY)).grants.map(({ name }: { name: string }) => name);
    await net.press("Space");
    await expect.poll(granted).toContain("net.fetch");
    await expect.poll(() => net.isEnabled()).toBe(true);
    await net.press("Space");
    await expect.poll(granted).not.toContain("net.fetch");
  });
});

describe("its scope", () => {
  it("is all projects or selected ones, and is changed", async () => {
    const { page } = visit;
    await open("scope");
    await page.getByRole("radio", { name: "Selected projects" }).check();
    await page.getByText("Choose at least one.").waitFor();
    expect(await button("Save").isDisabled()).toBe(true);
    await page.getByRole("checkbox", { name: "Kitchen" }).check();
    await button("Save").click();
    await page.getByText("Lively now applies where you have chosen.").waitFor();
    expect((await test.installation(LIVELY)).scope).toEqual({ projects: ["kitchen"] });
    await page.getByRole("radio", { name: "All projects" }).check();
    await button("Save").click();
    await expect.poll(async () => (await test.installation(LIVELY)).scope.projects).toBe("all");
  });
});

describe("its settings", () => {
  it("are the dialog's form on a page, with a project's own values and where they come from", async () => {
    const { page } = visit;
    await open("settings?of=kitchen");
    const cups = page.getByRole("textbox", { name: "Cups" });
    await cups.fill("7");
    await button("Cancel").click();
    await expect.poll(() => cups.inputValue()).toBe("2");
    await cups.fill("5");
    await button("Save").click();
    await page.getByText("Set for this project.").waitFor();
    expect((await test.api.get(`${PLUGIN}/settings`)).body.values.cups).toBe(2);
    expect((await test.api.get(`${PLUGIN}/settings?project=kitchen`)).body.values.cups).toBe(5);
  });

  it("are not left behind without asking", async () => {
    const { page } = visit;
    await open("settings");
    await page.getByRole("textbox", { name: "Cups" }).fill("9");
    await page.getByRole("tab", { name: "Overview" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Keep editing" }).click();
    expect(await page.getByRole("textbox", { name: "Cups" }).inputValue()).toBe("9");
    await page.getByRole("tab", { name: "Overview" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Discard the changes" }).click();
    await page.waitForURL(/\/overview/);
  });
});

describe("what it did", () => {
  it("is measured in charts, with the same numbers as a table", async () => {
    const { page } = visit;
    await test.api.post(`/api/orgs/default/tools/${LIVELY}/greet`, { input: { name: "Ada", times: 1 } });
    await test.api.post(`/api/orgs/default/tools/${LIVELY}/fail`, {});
    await open("metrics");
    await page.getByRole("img", { name: /^Calls: Calls \d+ and Errors \d+$/ }).waitFor();
    await page.getByRole("img", { name: /^Memory: Memory at most [\d.]+ MB$/ }).waitFor();
    await button("Show as a table").click();
    const total = (await test.api.get(`${PLUGIN}/metrics`)).body.total;
    const row = page.getByRole("table", { name: "Metrics" }).getByRole("row").nth(1);
    expect(total.errors).toBeGreaterThan(0);
    expect(Number(await row.getByRole("cell").nth(0).textContent())).toBeGreaterThan(0);
  });

  it("says so where nothing was called", async () => {
    await visit.page.goto("/o/default/plugins/patchbay.feeds/metrics");
    await visit.page.getByText("Nothing has been called since the server started").waitFor();
  });

  it("is listed step by step", async () => {
    await open("history");
    const list = visit.page.getByRole("tabpanel").getByRole("listitem");
    await list.filter({ hasText: "Installed" }).first().waitFor();
    expect(await list.count()).toBeGreaterThan(1);
  });
});

describe("its processes", () => {
  it("are listed with memory and calls", async () => {
    await test.api.post(`/api/orgs/default/tools/${LIVELY}/greet`, { input: { name: "Ada", times: 1 } });
    await open("instances");
    const table = visit.page.getByRole("table", { name: "Instances" });
    const [{ pid }] = (await test.api.get(`${PLUGIN}/instances`)).body.items;
    await table.getByRole("cell", { name: String(pid), exact: true }).waitFor();
    await table.getByRole("cell", { name: /MB$/ }).waitFor();
  });
});

describe("its versions", () => {
  it("are updated to and rolled back from", async () => {
    const { page } = visit;
    await open("versions");
    const item = (version: string) =>
      page.getByRole("tabpanel").getByRole("listitem").filter({ hasText: version });
    await item("1.1.0").getByRole("button", { name: "Update to 1.1.0" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Update to 1.1.0" }).click();
    await page.getByText("Lively now runs version 1.1.0.").waitFor();
    await item("1.0.0").getByText("Before the last update").waitFor();
    await item("1.0.0").getByRole("button", { name: "Go back to 1.0.0" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Roll back to 1.0.0" }).click();
    await page.getByText("Lively now runs version 1.0.0.").waitFor();
    expect((await test.installation(LIVELY)).version).toBe("1.0.0");
  });
});

describe("a viewer", () => {
  it("sees everything and can change nothing", async () => {
    const { page, context } = await test.visit(await test.addPerson("viewer"));
    await page.goto(`${PAGE}/permissions`);
    await page.getByRole("region", { name: "Required" }).waitFor();
    for (const one of await page.getByRole("main").getByRole("switch").all())
      expect(await one.isDisabled()).toBe(true);
    await page.goto(`${PAGE}/scope`);
    await page.getByText("You may not change where it applies.").waitFor();
    await page.goto(`${PAGE}/versions`);
    await page.getByText("1.1.0").first().waitFor();
    expect(await page.getByRole("button", { name: /Update to/ }).count()).toBe(0);
    await context.close();
  });
});
