import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makePackage } from "../support/packages.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { ConsoleTest, faultsOfLooks } from "./support/console-test.ts";

const PLUGIN = "acme.clockwork";
const TAB = `/o/default/plugins/${PLUGIN}/schedules`;

/** `wait` runs until it is ended. */
const CODE = `
export default {
  schedules: {
    tidy: { run: () => undefined },
    fail: { run: () => { throw new Error("The spring is broken."); } },
    wait: { run: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))) },
  },
};
`;

let test: ConsoleTest;
beforeAll(async () => {
  test = await ConsoleTest.start();
  const schedules = [
    { name: "tidy", title: "Tidy up", description: "Throws old things away.", every: "1h", missed: "once" },
    { name: "fail", title: "Break", cron: "0 4 * * 1", timezone: "Europe/Berlin" },
    { name: "wait", title: "Wait", every: "1d" },
  ];
  const manifest = {
    name: "Clockwork",
    permissions: { required: ["schedule.run"] },
    contributes: { schedules },
  };
  await test.upload(await makePackage({ id: PLUGIN, code: CODE, manifest }));
  await test.install({ plugin: PLUGIN, grants: ["schedule.run"] }, { enable: true });
});
afterAll(async () => await test?.close());

const scheduleIn = (page: Page, title: string) =>
  page.getByRole("listitem").filter({ has: page.getByText(title, { exact: true }) });

const setPaused = async (paused: boolean): Promise<void> => {
  const path = `/api/orgs/default/plugins/${PLUGIN}/schedules/wait`;
  expect((await test.api.call("PATCH", path, { paused })).status).toBe(200);
};

describeInBrowser("what a plugin does at times of its own", () => {
  it("is shown with its times, is run by hand, and says how that went", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto(`/o/default/plugins/${PLUGIN}/overview`);
    await page.getByRole("tab", { name: "Schedules" }).click();
    await page.waitForURL(TAB);
    const tidy = scheduleIn(page, "Tidy up");
    await tidy.getByText("Every hour.").waitFor();
    await tidy.getByText(/^Next: /).waitFor();
    await tidy.getByText("It has not run yet.").waitFor();
    await scheduleIn(page, "Break").getByText("At 0 4 * * 1, Europe/Berlin.").waitFor();

    await page.getByRole("button", { name: "Run now: Tidy up" }).click();
    await tidy.getByText("Succeeded").waitFor();
    await page.getByRole("button", { name: "Run now: Break" }).click();
    await scheduleIn(page, "Break").getByText("Failed").waitFor();
    await page.getByRole("button", { name: "Show runs: Break" }).click();
    const runs = page.getByRole("table", { name: "Runs of Break" });
    await runs.getByText("The spring is broken.").waitFor();
    await runs.getByText(/, by hand$/).waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
    expect(faults).toEqual([]);
    await context.close();
  });

  it("is ended while it runs, is paused, and goes on", async () => {
    const { page, context } = await test.visit();
    await page.goto(TAB);
    const wait = scheduleIn(page, "Wait");
    await page.getByRole("button", { name: "Run now: Wait" }).click();
    await page.getByRole("button", { name: "End the run: Wait" }).click();
    await wait.getByText("Ended", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Pause: Wait" }).click();
    await wait.getByText("Paused by").waitFor();
    await page.getByRole("button", { name: "Resume: Wait" }).click();
    await wait.getByText(/^Next: /).waitFor();
    await context.close();
  });

  it("follows what happens elsewhere without a word from the reader", async () => {
    const { page, context } = await test.visit();
    await page.goto(TAB);
    await scheduleIn(page, "Wait")
      .getByText(/^Next: /)
      .waitFor();
    await setPaused(true);
    await scheduleIn(page, "Wait").getByText("Paused by").waitFor();
    await setPaused(false);
    await scheduleIn(page, "Wait")
      .getByText(/^Next: /)
      .waitFor();
    await context.close();
  });

  it("is read by members, who can do nothing about it", async () => {
    const member = await test.addPerson("member");
    const { page, context } = await test.visit({ ...member, locale: "de-DE" });
    await page.goto(TAB);
    await scheduleIn(page, "Tidy up").getByText("Jede Stunde.").waitFor();
    expect(
      await page
        .getByRole("main")
        .getByRole("button", { name: /ausführen|pausieren/i })
        .count(),
    ).toBe(0);
    await context.close();
  });
});
