import type { Locator, Page } from "playwright-core";

/** The page of tools with one of a plugin's, whose form is there. */
export const openTool = async (page: Page, plugin: string, tool: string): Promise<void> => {
  await page.goto(`/o/default/tools?tool=${encodeURIComponent(`${plugin}/${tool}`)}`);
  await page.getByRole("form", { name: "Input" }).waitFor();
};

export const runTool = (page: Page): Promise<void> =>
  page.getByRole("button", { name: "Run", exact: true }).click();

export const resultOn = (page: Page): Locator => page.getByRole("region", { name: "Result" });

export const copiedOn = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
