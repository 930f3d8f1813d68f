import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where distributions and people put it. */
const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser of the tests, or undefined where there is none. */
export const chromiumPath = (): string | undefined =>
  [process.env.CHROMIUM_PATH ?? "", ...PROGRAMS].find((path) => path !== "" && existsSync(path));

/** Starts it; to be closed by the caller. Throws when there is none. */
export const launchChromium = async (): Promise<Browser> => {
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new Error("These tests need Chromium: install the package chromium, or set CHROMIUM_PATH.");
  return await chromium.launch({ executablePath, headless: true, args: ARGUMENTS });
};
