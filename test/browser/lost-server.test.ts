import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ADMIN } from "../support/server.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { brokenRules, ConsoleTest, type Visit } from "./support/console-test.ts";
import { sample } from "./support/sample-plugins.ts";

const PLUGIN = "acme.kept";
const SETTINGS = `/o/default/plugins/${PLUGIN}/settings`;

let test: ConsoleTest;
let visit: Visit;
let page: Page;

beforeAll(async () => {
  test = await ConsoleTest.start();
  const properties = { days: { type: "integer", title: "Days", default: 5 } };
  await test.upload(
    await sample({ id: PLUGIN, manifest: { name: "Kept", settings: { type: "object", properties } } }),
  );
  await test.install({ plugin: PLUGIN });
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  await visit?.context.close();
  visit = await test.visit();
  page = visit.page;
});

const days = () => page.getByRole("textbox", { name: "Days" });
const again = () => page.getByRole("dialog", { name: "You are signed out" });
/** Once the page is live: what it reads anew when it becomes so must not be what finds the session ended. */
const endSession = async () => {
  await page.getByRole("status").getByText("Live", { exact: true }).waitFor();
  await visit.context.clearCookies();
};
const signIn = async (email: string, password: string) => {
  await again().getByLabel("E-mail address").fill(email);
  await again().getByRole("textbox", { name: "Password" }).fill(password);
  await again().getByRole("button", { name: "Sign in" }).click();
};

describeInBrowser("a session that has ended", () => {
  it("is begun again over the page, where what was entered stays and can be saved", async () => {
    await page.goto(SETTINGS);
    await days().fill("9");
    await endSession();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await again().waitFor();
    expect(await brokenRules(page)).toEqual([]);
    expect(await again().getByLabel("E-mail address").inputValue()).toBe(ADMIN.email);
    await signIn(ADMIN.email, "wrong");
    await again().getByText("E-mail address and password do not belong together.").waitFor();
    await signIn(ADMIN.email, ADMIN.password);
    await again().waitFor({ state: "detached" });
    await expect.poll(() => new URL(page.url()).pathname).toBe(SETTINGS);
    expect(await days().inputValue()).toBe("9");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("The settings of Kept are saved.").waitFor();
    // What others change is heard again as well.
    await test.api.put(`/api/orgs/default/plugins/${PLUGIN}/settings`, { days: 3 });
    await expect.poll(() => days().inputValue()).toBe("3");
    expect(visit.faults).toEqual([]);
  });

  it("is begun again on another page, which is read then", async () => {
    await page.goto("/o/default/settings/members");
    await page.getByRole("tab", { name: "API keys" }).waitFor();
    await endSession();
    await page.getByRole("tab", { name: "API keys" }).click();
    await signIn(ADMIN.email, ADMIN.password);
    await again().waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Create an API key" }).waitFor();
  });

  it("is not ended by a refusal that was on its way when it began again", async () => {
    await page.goto("/o/default/settings/members");
    await page.getByRole("status").getByText("Live", { exact: true }).waitFor();
    const { promise: signedInAgain, resolve } = Promise.withResolvers<void>();
    const isList = (url: URL) => url.pathname === "/api/api-keys";
    await page.route(
      isList,
      async (route) => {
        const refused = await route.fetch();
        expect(refused.status()).toBe(401);
        await signedInAgain;
        await route.fulfill({ response: refused });
      },
      { times: 1 },
    );
    await page.evaluate(() => fetch("/api/auth/sign-out", { method: "POST" }));
    await page.getByRole("tab", { name: "API keys" }).dispatchEvent("click");
    await signIn(ADMIN.email, ADMIN.password);
    await again().waitFor({ state: "detached" });
    resolve();
    await page.getByRole("button", { name: "Create an API key" }).waitFor();
    expect(await again().count()).toBe(0);
  });

  it("leaves nothing of one person to another who signs in", async () => {
    const other = await test.addPerson("member");
    await page.goto("/o/default/settings/account");
    await page.getByLabel("Current password").fill("mine");
    await endSession();
    await page.getByRole("link", { name: "Activity" }).click();
    await signIn(other.email, other.password);
    await page.getByRole("heading", { level: 1, name: "Plugins" }).waitFor();
    expect(await page.getByRole("link", { name: "Activity" }).count()).toBe(0);
  });

  it.each([
    ["page", SETTINGS],
    ["dialog", `/o/default/plugins?dialog=settings&plugin=${PLUGIN}`],
  ])("lets nobody else stay on a %s with changes that are not saved", async (place, address) => {
    const other = await test.addPerson("member", `member-of-${place}`);
    const asked: string[] = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await page.goto(address);
    await days().fill("9");
    await endSession();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await signIn(other.email, other.password);
    await page.getByRole("heading", { level: 1, name: "Plugins" }).waitFor();
    await days().waitFor({ state: "detached" });
    await page.waitForURL(({ search }) => search === "");
    expect(asked).toEqual([]);
    expect(visit.faults).toEqual([]);
  });
});

describeInBrowser("a server that does not answer", () => {
  const banner = () => page.getByRole("alert").filter({ hasText: "What you see may be out of date." });

  it("is said across the page until it is back, and a page that needs it says so in its place", async () => {
    await page.goto(SETTINGS);
    await days().fill("8");
    await page.evaluate(() => Object.assign(globalThis, { isSame: true }));
    await visit.context.setOffline(true);
    // Streams that are open stay so for Chromium: what the page reads next tells.
    await page.getByRole("link", { name: "Activity" }).hover();
    await page.getByRole("link", { name: "Tools" }).hover();
    expect(await page.evaluate(() => "isSame" in globalThis)).toBe(true);
    expect(await days().inputValue()).toBe("8");
    await page.getByRole("link", { name: "Activity" }).click();
    await page.getByRole("button", { name: "Discard the changes" }).click();
    const problem = page
      .getByRole("main")
      .getByRole("alert")
      .filter({ hasText: "The server does not answer" });
    await problem.first().waitFor();
    await page.getByRole("main").getByRole("button", { name: "Retry" }).click();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Plugins" }).waitFor();
    expect(await page.evaluate(() => "isSame" in globalThis)).toBe(true);
    await visit.context.setOffline(false);
    await page.getByRole("main").getByRole("button", { name: "Retry" }).click();
    await page.getByRole("heading", { level: 1, name: "Activity" }).waitFor();
  });

  it("is said across the page while the connection is lost", async () => {
    await page.route("**/events", (route) => route.abort());
    await page.goto("/o/default/plugins");
    await page.getByRole("heading", { level: 1, name: "Plugins" }).waitFor();
    await banner().waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await page.unroute("**/events");
    await banner().waitFor({ state: "detached" });
  });
});
