import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "./support/chromium.ts";
import { ConsoleTest, type VisitOptions } from "./support/console-test.ts";

let test: ConsoleTest;
beforeAll(async () => {
  test = await ConsoleTest.start();
});
afterAll(async () => await test?.close());

/** A page without a clipboard of its own, as over plain HTTP, which shows a new key. */
const madeKey = async (options: VisitOptions = {}) => {
  const { page, context } = await test.visit(options);
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.goto("/o/default/settings/api-keys");
  await page.getByRole("button", { name: "Create an API key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("check");
  await dialog.getByRole("checkbox").first().check({ force: true });
  await dialog.getByRole("button", { name: "Create", exact: false }).last().click();
  await dialog.getByText(/pb_/).waitFor();
  return { page, context, dialog };
};

describeInBrowser("a copy button without a secure connection", () => {
  it("copies, and leaves the focus where it was", async () => {
    const { page, context, dialog } = await madeKey();
    await dialog.getByRole("button", { name: "Copy" }).click();
    await dialog.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Copied");
    const pad = await context.newPage();
    await pad.setContent("<textarea></textarea>");
    await pad.locator("textarea").press("Control+v");
    expect(await pad.locator("textarea").inputValue()).toMatch(/^pb_/);
    await context.close();
  });

  it("says so when the browser refuses", async () => {
    const { page, context, dialog } = await madeKey();
    await page.evaluate(() => {
      document.execCommand = () => false;
    });
    await dialog.getByRole("button", { name: "Copy" }).click();
    await dialog.getByRole("alert").getByText("Select the text and copy it yourself").waitFor();
    await context.close();
  });
});
