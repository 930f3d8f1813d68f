import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** Where pictures go when somebody wants to look at them. */
const PICTURES = process.env.PATCHBAY_PICTURES;

/** Takes a picture of the whole page where `PATCHBAY_PICTURES` names a folder for it. */
export const picture = async (page: Page, name: string): Promise<void> => {
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
};
