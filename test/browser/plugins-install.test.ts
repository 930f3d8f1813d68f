import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { craftZip, manifestEntry } from "../../packages/artifact/src/testing/zip-crafter.ts";
import { signedUp } from "../support/people.ts";
import { ConsoleTest, type Visit } from "./support/console-test.ts";
import { sample, weather } from "./support/sample-plugins.ts";

let test: ConsoleTest;
let visit: Visit;
let dialog: Locator;

beforeAll(async () => {
  test = await ConsoleTest.start();
  for (const [slug, name] of [
    ["kitchen", "Kitchen"],
    ["garage", "Garage"],
  ])
    await test.api.post("/api/orgs/default/projects", { slug, name });
  visit = await test.visit();
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  await visit.page.goto("/o/default/plugins");
  await visit.page.getByRole("button", { name: "Install", exact: true }).click();
  dialog = visit.page.getByRole("dialog");
});

const zipOf = (zip: Uint8Array, name = "package.zip") => ({
  name,
  mimeType: "application/zip",
  buffer: Buffer.from(zip),
});
const pick = async (zip: Uint8Array) => await dialog.locator("input[type=file]").setInputFiles(zipOf(zip));
const press = async (name: string | RegExp) => await dialog.getByRole("button", { name }).click();

describe("installing from a zip", () => {
  it("shows what it is, what it may do, where it applies and its settings, and does what the last button says", async () => {
    await pick(await weather());
    await dialog.getByText("Acme").waitFor();
    for (const words of ["Private", "1.0.0", "Forecasts for any place.", "How to use it"])
      await dialog.getByText(words).first().waitFor();
    await press("Next");

    const required = dialog.getByRole("heading", { name: "Required" }).locator("..");
    for (const words of [
      "Connects to servers on the internet",
      "api.weather.example",
      "tiles.example",
      "GET",
    ])
      await required.getByText(words).first().waitFor();
    await required.getByText("“Reads forecasts.”").waitFor();
    expect(await required.getByRole("heading", { level: 4 }).allTextContents()).toEqual([
      "Reaches beyond itself",
      "Data",
    ]);
    const statusbar = dialog.getByRole("switch", { name: "Adds an item to the status bar" });
    expect(await statusbar.isChecked()).toBe(false);
    await statusbar.press("Space");
    await press("Next");

    await dialog.getByRole("radio", { name: "Selected projects" }).check();
    expect(await dialog.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
    await dialog.getByRole("checkbox", { name: "Kitchen" }).check();
    await dialog.getByRole("checkbox", { name: "Garage" }).check();
    await press("Next");

    await dialog.getByLabel("API key").first().fill("hush");
    await dialog.getByRole("textbox", { name: "Days" }).fill("9");
    await press(/What it may do/);
    expect(await statusbar.isChecked()).toBe(true);
    await press("Next");
    await press("Next");
    expect(await dialog.getByRole("textbox", { name: "Days" }).inputValue()).toBe("9");
    await press("Install, then enable in 2 projects");

    await visit.page.getByText("Weather is enabled.").waitFor();
    const installed = await test.installation("acme.weather");
    expect(installed).toMatchObject({ state: "enabled", version: "1.0.0" });
    expect(installed.scope.projects.toSorted()).toEqual(["garage", "kitchen"]);
    expect(installed.grants.map(({ name }: { name: string }) => name)).toEqual([
      "net.fetch",
      "storage.scoped",
      "ui.statusbar",
    ]);
    const { body: settings } = await test.api.get("/api/orgs/default/plugins/acme.weather/settings");
    expect(settings.values.days).toBe(9);
    expect(settings.secrets["/apiKey"].set).toBe(true);
    expect(settings.origins["/units"]).toBe("default");
  });

  it("takes a package that is dropped, and installs it without enabling when told so", async () => {
    const zip = await sample({ id: "acme.dropped", manifest: { name: "Dropped" } });
    await dialog.locator("[data-drop-zone]").waitFor();
    const files = await visit.page.evaluateHandle(
      (bytes) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], "dropped.zip", { type: "application/zip" }));
        return transfer;
      },
      [...zip],
    );
    await dialog.locator("[data-drop-zone]").dispatchEvent("drop", { dataTransfer: files });
    await dialog.getByText("Dropped").first().waitFor();
    for (let step = 0; step < 3; step += 1) await press("Next");
    await dialog.getByText("It has no settings.").waitFor();
    await dialog.getByRole("switch", { name: "Enable it at once" }).press("Space");
    await press("Install");
    await visit.page.getByText("Dropped is installed.").waitFor();
    expect((await test.installation("acme.dropped")).state).toBe("disabled");
  });

  it("shows every fault of a package with the place where it is", async () => {
    const faults = { category: "toys", engines: {}, colour: "red" };
    await pick(craftZip({ entries: [manifestEntry(faults)] }));
    const problem = dialog.getByRole("alert");
    await problem.getByText("package.zip cannot be installed").waitFor();
    const places = await problem.getByRole("listitem").locator("strong").allTextContents();
    expect(places.toSorted()).toEqual(expect.arrayContaining(["category: ", "colour: "]));
    expect(places.some((place) => place.startsWith("engines"))).toBe(true);
    await dialog.getByRole("button", { name: "Choose a file" }).waitFor();
  });

  it("shows in numbers how far the upload is, and can be given up", async () => {
    const client = await visit.context.newCDPSession(visit.page);
    await client.send("Network.enable");
    await client.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: 400_000,
    });
    const noise = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7_919) % 251));
    await dialog.locator("input[type=file]").setInputFiles(zipOf(noise, "large.zip"));
    await dialog
      .getByRole("status")
      .getByText(/large\.zip: .*MB of 2\.9.MB sent \(\d/)
      .waitFor();
    expect(await dialog.getByRole("progressbar").count()).toBe(1);
    await press("Cancel");
    await dialog.getByText("It was cancelled.").waitFor();
    await client.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
    await client.detach();
  });

  it("goes on with an update when the file is another version of what is installed", async () => {
    await pick(await weather({ version: "1.1.0", isLater: true }));
    const update = visit.page.getByRole("dialog", { name: "Update Weather" });
    await update.getByText("Version 1.0.0 → 1.1.0").waitFor();
    await visit.page.goto("/o/default/plugins?dialog=install&plugin=acme.weather");
    await dialog.getByText("Version 1.0.0 is installed already.").waitFor();
    await dialog.getByRole("link", { name: "Update instead" }).click();
    await update.getByText("Version 1.0.0 → 1.1.0").waitFor();
  });

  it("is not needed for an update by a file: the plugin's menu and its versions take one", async () => {
    const { page } = visit;
    await test.upload(await sample({ id: "acme.alone", manifest: { name: "Alone" } }));
    await test.install({ plugin: "acme.alone" });
    await page.goto("/o/default/plugins/acme.alone/versions");
    await page.getByRole("tabpanel").getByRole("button", { name: "Update from a file…" }).waitFor();
    await page.getByRole("button", { name: "More about Alone" }).click();
    await page.getByRole("menuitem", { name: "Update from a file…" }).click();
    const update = page.getByRole("dialog", { name: "Update Alone" });
    const file = async (id: string, version: string) =>
      await update.locator("input[type=file]").setInputFiles({
        name: `${id}.zip`,
        mimeType: "application/zip",
        buffer: Buffer.from(await sample({ id, version, manifest: { name: "Alone" } })),
      });
    await file("acme.other", "1.0.0");
    await update.getByText("The file is another plugin: acme.other. Choose a file of Alone.").waitFor();
    await file("acme.alone", "1.1.0");
    await update.getByRole("button", { name: "Update to 1.1.0" }).click();
    await page.getByText("Alone now runs version 1.1.0.").waitFor();
  });
});

describe("a README", () => {
  it("is shown without its HTML, its pictures and its traps", async () => {
    await dialog.getByRole("tab", { name: "From the catalog" }).click();
    await test.upload(await weather({ version: "1.0.1" }));
    await visit.page.goto("/o/default/plugins?dialog=install&plugin=acme.weather");
    const readme = dialog.getByRole("region", { name: "README" });
    await readme.getByText("<script>").waitFor();
    expect(await readme.locator("img, script").count()).toBe(0);
    const links = readme.getByRole("link");
    expect(await links.allTextContents()).toEqual(["Manual"]);
    expect(await links.getAttribute("rel")).toContain("noopener");
    expect(await links.getAttribute("target")).toBe("_blank");
    expect(await visit.page.evaluate(() => "hacked" in globalThis)).toBe(false);
  });
});

describe("installing from elsewhere", () => {
  it("finds a plugin in the organization's catalog", async () => {
    await test.upload(await sample({ id: "bean.ledger", manifest: { name: "Ledger" } }));
    await dialog.getByRole("tab", { name: "From the catalog" }).click();
    await dialog.getByLabel("Search the catalog").fill("ledger");
    await press("Choose: Ledger");
    for (let step = 0; step < 3; step += 1) await press("Next");
    await press("Install, then enable in all projects");
    await visit.page.getByText("Ledger is enabled.").waitFor();
    expect((await test.installation("bean.ledger")).scope.projects).toBe("all");
  });

  it("takes a directory on the server from an administrator of the deployment", async () => {
    const folder = join(test.server.dataDir, "folder-of-a-plugin");
    await mkdir(folder);
    await writeFile(join(folder, "plugin.js"), "export default {};");
    await writeFile(
      join(folder, "plugin.json"),
      JSON.stringify({
        id: "acme.folder",
        name: "Folder",
        version: "1.0.0",
        description: "From a folder.",
        author: { name: "Tests" },
        category: "utility",
        engines: { patchbay: "^1.0.0" },
        main: "plugin.js",
      }),
    );
    await dialog.getByRole("tab", { name: "From a directory" }).click();
    await dialog.getByLabel("Directory on the server").fill("/nowhere/at/all");
    await press("Next");
    await dialog.getByRole("alert").getByText("The server cannot read this directory.").waitFor();
    await dialog.getByLabel("Directory on the server").fill(folder);
    await press("Next");
    await dialog.getByText("From a folder.").waitFor();
  });

  it("is not offered to those who may not install, and the directory only to the deployment's administrators", async () => {
    await signedUp(test.server.url, "eve@example.org", { organization: "default", role: "viewer" });
    await signedUp(test.server.url, "olga@example.org", { organization: "default", role: "admin" });
    const viewer = await test.visit({
      email: "eve@example.org",
      password: "the password of eve@example.org",
    });
    await viewer.page.goto("/o/default/plugins");
    await viewer.page.getByRole("article").first().waitFor();
    expect(await viewer.page.getByRole("button", { name: "Install", exact: true }).count()).toBe(0);
    expect(await viewer.page.getByRole("switch").first().isDisabled()).toBe(true);
    await viewer.context.close();
    const owner = await test.visit({
      email: "olga@example.org",
      password: "the password of olga@example.org",
    });
    await owner.page.goto("/o/default/plugins?dialog=install");
    await owner.page.getByRole("tab", { name: "From a zip" }).waitFor();
    expect(await owner.page.getByRole("tab").count()).toBe(3);
    await owner.context.close();
  });

  it("throws nothing and meets its policy nowhere", () => {
    expect(visit.faults).toEqual([]);
  });
});
