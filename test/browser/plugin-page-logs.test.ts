import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConsoleTest, type Visit } from "./support/console-test.ts";
import { LIVELY, lively } from "./support/lively-plugin.ts";

const TALK = `/api/orgs/default/tools/${LIVELY}/talk`;
const PAGE = `/o/default/plugins/${LIVELY}/logs`;

let test: ConsoleTest;
let visit: Visit;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.upload(await lively());
  await test.install({ plugin: LIVELY, grants: ["storage.scoped"] }, { enable: true });
  await talk({ lines: 600, words: "Old" });
  await talk({ level: "warn", words: "Low water" });
  await talk({ level: "error", words: "No gas" });
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

const talk = async (input: { lines?: number; level?: string; words: string }) => {
  const { status, body } = await test.api.post(TALK, { input: { lines: 1, ...input } });
  expect(status, JSON.stringify(body)).toBe(200);
};
const lines = () => visit.page.getByRole("region", { name: "Log lines" });
const line = (words: string) => lines().getByRole("listitem").filter({ hasText: words });
const open = async (search = "") => {
  await visit.page.goto(`${PAGE}${search}`);
  await lines().getByRole("listitem").first().waitFor();
};

describe("the log of a plugin", () => {
  it("shows the newest lines of many, draws only those in sight, and new ones as they are written", async () => {
    await open();
    await line("No gas 1").waitFor();
    expect(await line("No gas 1").getAttribute("aria-setsize")).toMatch(/^\d{3}$/);
    expect(await lines().getByRole("listitem").count()).toBeLessThan(120);
    await talk({ words: "Fresh" });
    await line("Fresh 1").waitFor();
  });

  it("is narrowed by level and by words, which the address keeps", async () => {
    const { page } = visit;
    await open();
    await page.getByLabel("Level").selectOption("error");
    await page.waitForURL(/level=error/);
    await line("Low water").waitFor({ state: "detached" });
    await line("No gas").waitFor();
    await page.getByLabel("Level").selectOption("");
    await page.getByRole("searchbox", { name: "Search" }).fill("Old 59");
    await page.waitForURL(/q=Old/);
    await expect.poll(() => lines().getByRole("listitem").count()).toBe(11);
    await page.reload();
    expect(await page.getByRole("searchbox", { name: "Search" }).inputValue()).toBe("Old 59");
    await page.getByRole("searchbox", { name: "Search" }).fill("nowhere to be found");
    await page.getByText("No line matches.").waitFor();
  });

  it("stops for reading: by the button, and by scrolling up", async () => {
    const { page } = visit;
    await open();
    await page.getByRole("button", { name: "Pause" }).click();
    await talk({ words: "Unseen" });
    await page.getByText("Paused, 1 new line").waitFor();
    expect(await line("Unseen").count()).toBe(0);
    await page.getByRole("button", { name: "Resume" }).click();
    await line("Unseen").waitFor();
    await lines().hover();
    await page.mouse.wheel(0, -2_000);
    await page.getByRole("button", { name: "To the newest" }).waitFor();
    await talk({ words: "Below" });
    const setSize = () => lines().getByRole("listitem").first().getAttribute("aria-setsize");
    const before = Number(await setSize());
    await expect.poll(async () => Number(await setSize())).toBeGreaterThanOrEqual(before);
    expect(await line("Below").count()).toBe(0);
    await page.getByRole("button", { name: "To the newest" }).click();
    await line("Below").waitFor();
  });

  it("unfolds the fields of a line", async () => {
    await open("?q=Low");
    const toggle = line("Low water").getByRole("button", { name: "Fields of the line" });
    await toggle.click();
    await line("Low water").getByText('"even": false').waitFor();
    expect(await toggle.getAttribute("aria-expanded")).toBe("true");
  });

  it("says when the connection is lost, and goes on when it is back", async () => {
    const { page } = visit;
    const stream = `**/api/orgs/default/plugins/${LIVELY}/logs**`;
    await page.route(stream, (route) => route.abort("connectionrefused"));
    await page.goto(PAGE);
    await page.getByRole("tabpanel").getByText("Connection lost. Trying again…").waitFor();
    await page.unroute(stream);
    await page.getByRole("tabpanel").getByText("Live", { exact: true }).waitFor({ timeout: 30_000 });
    await line("No gas").waitFor();
  });
});
