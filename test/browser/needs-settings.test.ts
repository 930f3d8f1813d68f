import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "./support/chromium.ts";
import { ConsoleTest } from "./support/console-test.ts";
import { sample } from "./support/sample-plugins.ts";

const KEYED = "acme.keyed";

let test: ConsoleTest;
beforeAll(async () => {
  test = await ConsoleTest.start();
  const settings = {
    type: "object",
    required: ["apiKey"],
    properties: { apiKey: { type: "string", title: "API key" } },
  };
  await test.upload(await sample({ id: KEYED, manifest: { name: "Keyed", settings } }));
});
afterAll(async () => await test?.close());

describeInBrowser("a plugin that needs a setting", () => {
  it("is installed to be enabled only with it; without, it says what it needs until it has it", async () => {
    const { page, context } = await test.visit();
    await page.goto(`/o/default/plugins?dialog=install&plugin=${KEYED}`);
    const dialog = page.getByRole("dialog");
    for (let step = 0; step < 3; step += 1)
      await dialog.getByRole("button", { name: "Next", exact: true }).click();
    await dialog.getByRole("button", { name: "Install, then enable" }).click();
    await dialog.getByText("This setting is required for it to be enabled.").waitFor();
    expect(await test.installation(KEYED)).toBeNull();

    await dialog.getByRole("switch").press("Space");
    await dialog.getByRole("button", { name: "Install", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    const attention = page.getByRole("region", { name: "Needs attention" });
    await attention.getByText("It needs a setting before it can be enabled: API key.").waitFor();
    await attention.getByRole("button", { name: "Settings of Keyed" }).click();
    await dialog.getByRole("textbox", { name: "API key" }).fill("k");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("Everything is all right.").waitFor();
    await context.close();
  });
});
