import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "./support/chromium.ts";
import { brokenRules, ConsoleTest, sidewaysPixels, type Visit } from "./support/console-test.ts";
import { sample } from "./support/sample-plugins.ts";

let test: ConsoleTest;
let visit: Visit;
let dialog: Locator;

/** Puts `Geo` of `acme.geo` and the like into the catalog. */
const made = async (name: string, manifest: Record<string, unknown> = {}, version = "1.0.0") =>
  await test.upload(
    await sample({ id: `acme.${name.toLowerCase()}`, version, manifest: { name, ...manifest } }),
  );

const open = async (search: string, width?: number) => {
  if (width !== undefined) visit = await test.visit({ width });
  await visit.page.goto(`/o/default/plugins${search}`);
  dialog = visit.page.getByRole("dialog");
  await dialog.waitFor();
};
const press = async (name: string | RegExp) => await dialog.getByRole("button", { name }).click();
const isSound = async () => {
  expect(await brokenRules(visit.page)).toEqual([]);
  expect(await sidewaysPixels(visit.page)).toBeLessThanOrEqual(0);
};

describeInBrowser("plugins that need each other", () => {
  beforeAll(async () => {
    test = await ConsoleTest.start();
    await made("Tiles", {
      permissions: { required: [{ name: "net.fetch", hosts: ["tiles.example"], reason: "Reads tiles." }] },
    });
    await made("Geo", { dependencies: { "acme.tiles": "^1.0.0" } });
    await made("Geo", {}, "2.0.0");
    await made("Maps", { dependencies: { "acme.geo": "^1.0.0" } });
    await made("Route", { dependencies: { "acme.geo": "^2.0.0" } });
    await made("Lost", { dependencies: { "acme.nowhere": "^1.0.0" } });
    visit = await test.visit();
  });
  afterAll(async () => await test?.close());

  it("say before an installation what comes along and what it may do, and are installed and enabled together", async () => {
    await open("?dialog=install&plugin=acme.maps");
    await dialog.getByText("2 further plugins are installed with it").waitFor();
    expect(await dialog.getByRole("status").getByRole("listitem").allTextContents()).toEqual([
      "Tiles 1.0.0, which acme.geo needs",
      "Geo 1.0.0, which acme.maps needs",
    ]);
    await isSound();
    await press("Next");
    const tiles = dialog.getByRole("region", { name: "Tiles comes along" });
    for (const words of ["Connects to servers on the internet", "tiles.example", "“Reads tiles.”"])
      await tiles.getByText(words).first().waitFor();
    await dialog.getByText("Geo 1.0.0 needs no permission.").waitFor();
    await isSound();
    await press("Next");
    await press("Next");
    await press("Install, then enable in all projects");
    await visit.page.getByText("Maps is enabled.").waitFor();
    for (const plugin of ["acme.tiles", "acme.geo", "acme.maps"])
      expect(await test.installation(plugin), plugin).toMatchObject({ version: "1.0.0", state: "enabled" });
    expect((await test.installation("acme.tiles")).grants).toEqual([
      { name: "net.fetch", hosts: ["tiles.example"] },
    ]);
  });

  it("say who wants what when they do not go together, and then cannot be installed", async () => {
    await open("?dialog=install&plugin=acme.route");
    const problem = dialog.getByRole("alert").filter({ hasText: "Route cannot be installed" });
    await problem
      .getByText(/1\.0\.0 of "acme\.geo" is installed, but acme\.route 1\.0\.0 wants \^2\.0\.0/)
      .waitFor();
    expect(await dialog.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
    await isSound();
    await open("?dialog=install&plugin=acme.lost");
    await dialog.getByText(/acme\.lost 1\.0\.0 needs acme\.nowhere \^1\.0\.0/).waitFor();
  });

  it("are not updated to what others cannot use, whose names are told", async () => {
    await open("?dialog=update&plugin=acme.geo");
    await dialog.getByText("Version 2.0.0 cannot be installed now").waitFor();
    await dialog.getByText(/acme\.maps 1\.0\.0 wants \^1\.0\.0/).waitFor();
    expect(await dialog.getByRole("button", { name: "Update to 2.0.0" }).isDisabled()).toBe(true);
    await isSound();
  });

  it("are not uninstalled or disabled while others need them, whose names are told", async () => {
    await open("?dialog=uninstall&plugin=acme.geo");
    await dialog.getByText("acme.maps cannot work without it. Uninstall that first.").waitFor();
    await dialog.getByLabel("Type Geo to confirm").fill("Geo");
    expect(await dialog.getByRole("button", { name: "Uninstall Geo" }).isDisabled()).toBe(true);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    const card = visit.page.getByRole("article", { name: "Geo" });
    await card.getByRole("switch").press("Space");
    await visit.page.getByText(/acme\.maps needs "acme\.geo"/).waitFor();
    expect((await test.installation("acme.geo")).state).toBe("enabled");
  });

  it("are disabled together, in whatever order they were chosen", async () => {
    await visit.page.goto("/o/default/plugins");
    for (const name of ["Tiles", "Geo", "Maps"])
      await visit.page.getByRole("checkbox", { name: `Select ${name}` }).check();
    const selection = visit.page.getByRole("region", { name: "Selection" });
    await selection.getByRole("button", { name: "Disable" }).click();
    await visit.page.getByText("3 plugins are disabled.").waitFor();
    for (const plugin of ["acme.tiles", "acme.geo", "acme.maps"])
      expect((await test.installation(plugin)).state, plugin).toBe("disabled");
  });

  it("are told of on a small screen too", async () => {
    await made("Atlas", { dependencies: { "acme.ink": "*" } });
    await made("Ink", { permissions: { required: ["storage.scoped"] } });
    await open("?dialog=install&plugin=acme.atlas", 390);
    await dialog.getByText("1 further plugin is installed with it").waitFor();
    await isSound();
    await press("Next");
    await dialog.getByRole("region", { name: "Ink comes along" }).waitFor();
    await isSound();
    await visit.context.close();
  });
});
