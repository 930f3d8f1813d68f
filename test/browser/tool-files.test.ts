import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { FILES, filePlugin } from "../support/file-plugin.ts";
import { makePackage } from "../support/packages.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { brokenRules, ConsoleTest, type Visit } from "./support/console-test.ts";

const BYTES = 40_000_000;

let test: ConsoleTest;
let visit: Visit;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "patchbay-files-"));
  test = await ConsoleTest.start();
  await test.upload(await makePackage(filePlugin));
  await test.install({ plugin: FILES }, { enable: true });
});
afterAll(async () => {
  await test?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

const open = async (tool: string) => {
  await visit.page.goto(`/o/default/tools?tool=${encodeURIComponent(`${FILES}/${tool}`)}`);
  await visit.page.getByRole("form", { name: "Input" }).waitFor();
};
const run = () => visit.page.getByRole("button", { name: "Run", exact: true }).click();
const result = () => visit.page.getByRole("region", { name: "Result" });

describeInBrowser("files of tools in the console", () => {
  it("go through a tool and back, 40 MB of them, while the page answers", async () => {
    const { page } = visit;
    const content = randomBytes(BYTES);
    const path = join(folder, "tea.txt");
    await writeFile(path, content);
    await open("echo");
    await page
      .getByText(/At most 100 MB/)
      .first()
      .waitFor();
    await page.locator("input[type=file]").setInputFiles(path);
    await page.getByText(/MB · text\/plain/).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await page.evaluate(() => {
      const watched = globalThis as unknown as { longest: number };
      watched.longest = 0;
      let last = performance.now();
      const tick = () => {
        watched.longest = Math.max(watched.longest, performance.now() - last);
        last = performance.now();
        setTimeout(tick, 20);
      };
      tick();
    });
    await run();
    const save = result().getByRole("button", { name: "Save tea.txt" });
    await save.waitFor({ timeout: 60_000 });
    // In its place stands its name, and not the null of the JSON.
    await result().getByRole("region", { name: "Answer" }).getByText("tea.txt").first().waitFor();
    const longest = await page.evaluate(() => (globalThis as unknown as { longest: number }).longest);
    expect(longest).toBeLessThan(1_000);
    const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
    expect(download.suggestedFilename()).toBe("tea.txt");
    expect((await readFile(await download.path())).equals(content)).toBe(true);
    expect(await brokenRules(page)).toEqual([]);
  });

  it("are dropped onto their field, taken away by keyboard, and members of lists", async () => {
    const { page } = visit;
    await open("pages");
    await page.getByRole("button", { name: "Add an item" }).click();
    const zone = page.locator("[data-drop-zone]");
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["dropped"], "note.txt", { type: "text/plain" }));
      return transfer;
    });
    await zone.dispatchEvent("drop", { dataTransfer: dropped });
    await page.getByText("7 byte · text/plain").or(page.getByText("7 bytes · text/plain")).first().waitFor();
    await run();
    await result().getByText("7", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: /^Remove the file of/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("text/plain").waitFor({ state: "detached" });
  });

  it("are refused before they are sent when they are too large, and small ones may be JSON", async () => {
    const { page } = visit;
    await open("count");
    await page.evaluate(() => {
      const transfer = new DataTransfer();
      const large = new File([new Uint8Array(101 * 1024 * 1024)], "large.bin");
      transfer.items.add(large);
      document
        .querySelector("[data-drop-zone]")
        ?.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    });
    await page
      .getByText(/^The files have .* at most/)
      .first()
      .waitFor();
    await run();
    await result()
      .getByRole("alert")
      .getByText(/The files have .* at most/)
      .waitFor();
    await page.getByText("JSON", { exact: true }).click();
    await page.getByRole("textbox", { name: "JSON" }).fill(JSON.stringify({ file: btoa("Hello") }));
    await run();
    await result().getByText("5", { exact: true }).first().waitFor();
  });
});
