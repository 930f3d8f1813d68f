import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { describe } from "vitest";

/** Where distributions and people put it. */
const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser of the tests, or undefined where there is none. */
export const chromiumPath = (): string | undefined =>
  [process.env.CHROMIUM_PATH ?? "", ...PROGRAMS].find((path) => path !== "" && existsSync(path));

/** For tests that need one: elsewhere they are skipped, and counted as such. */
export const describeInBrowser = describe.skipIf(chromiumPath() === undefined);

/** Starts it; to be closed by the caller. Throws when there is none. */
export const launchChromium = async (): Promise<Browser> =>
  await chromium.launch({ executablePath: requiredPath(), headless: true, args: ARGUMENTS });

/** Starts one with a profile of its own in `folder`: what it opens ahead of time it does not open in a private window. */
export const launchWithProfile = async (folder: string, more: readonly string[]): Promise<BrowserContext> =>
  await chromium.launchPersistentContext(folder, {
    executablePath: requiredPath(),
    headless: true,
    args: [...ARGUMENTS, ...more],
    // Playwright's own arguments switch off the very network activity that is looked at.
    ignoreDefaultArgs: ["--disable-background-networking"],
  });

const requiredPath = (): string => {
  const path = chromiumPath();
  if (path === undefined)
    throw new Error("These tests need Chromium: install the package chromium, or set CHROMIUM_PATH.");
  return path;
};
