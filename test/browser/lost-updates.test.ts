import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConsoleTest, type Visit } from "./support/console-test.ts";
import { sample } from "./support/sample-plugins.ts";

const PLUGIN = "/api/orgs/default/plugins/acme.shared";
const SETTINGS = `${PLUGIN}/settings`;
const CHANGED = "Somebody else has changed this while you were editing";

let test: ConsoleTest;
let visit: Visit;
let page: Page;

beforeAll(async () => {
  test = await ConsoleTest.start();
  for (const slug of ["alpha", "beta"])
    await test.api.post("/api/orgs/default/projects", { slug, name: slug.toUpperCase() });
  await test.upload(
    await sample({
      id: "acme.shared",
      manifest: {
        name: "Shared",
        settings: {
          type: "object",
          properties: {
            days: { type: "integer", title: "Days", default: 5 },
            units: { type: "string", title: "Units", enum: ["metric", "imperial"], default: "metric" },
            apiKey: { type: "string", format: "secret", hosts: ["a.example"], title: "API key" },
          },
        },
        permissions: { optional: ["storage.scoped", "ui.notifications"] },
      },
    }),
  );
  await test.install({ plugin: "acme.shared" });
  visit = await test.visit();
  page = visit.page;
});
afterAll(async () => await test?.close());

const notice = (): Locator => page.getByRole("alert").filter({ hasText: CHANGED });
const save = (name = "Save") => page.getByRole("button", { name, exact: true });
/** Lets somebody else make a change just before the page's own arrives, which the page hears of too late. */
const changeUnheard = async (path: string, change: () => Promise<unknown>) => {
  let isOver = false;
  await page.route(
    (url) => url.pathname === path,
    async (route) => {
      if (!isOver && route.request().method() === "PUT") {
        isOver = true;
        await change();
      }
      await route.continue();
    },
  );
};

describe("settings that two people change at once", () => {
  const days = () => page.getByRole("textbox", { name: "Days" });
  const units = () => page.getByLabel("Units");
  const stored = async () => (await test.api.get(SETTINGS)).body;
  beforeEach(async () => {
    await test.api.delete(SETTINGS);
    await page.goto("about:blank");
    await page.goto("/o/default/plugins/acme.shared/settings");
    await expect.poll(() => days().inputValue()).toBe("5");
  });

  it("keep both changes where they are of different fields, and say what was taken over", async () => {
    await days().fill("11");
    await test.api.put(SETTINGS, { units: "imperial" });
    await notice().getByText("Taken over from them: Units.").waitFor();
    expect(await units().locator("option:checked").textContent()).toBe("imperial");
    await save().click();
    await page.getByText("The settings of Shared are saved.").waitFor();
    expect((await stored()).values).toEqual({ days: 11, units: "imperial" });
    await notice().waitFor({ state: "detached" });
  });

  it("show both values where it is the same field, and save nothing before one is chosen", async () => {
    await days().fill("11");
    await test.api.put(SETTINGS, { days: 7 });
    const choice = notice().getByRole("group", { name: "Days" });
    await choice.getByText("Yours: 11 · Theirs: 7").waitFor();
    await save().click();
    expect((await stored()).values.days).toBe(7);
    await choice.getByRole("button", { name: "Keep yours" }).click();
    await save().click();
    await page.getByText("The settings of Shared are saved.").waitFor();
    expect((await stored()).values.days).toBe(11);

    await days().fill("12");
    await test.api.put(SETTINGS, { days: 8 });
    await choice.getByRole("button", { name: "Take theirs" }).click();
    await notice().waitFor({ state: "detached" });
    expect(await days().inputValue()).toBe("8");
    expect(await save().isDisabled()).toBe(true);
  });

  it("are refused when the page has not heard of it yet, and saved by another click", async () => {
    await days().fill("11");
    await changeUnheard(SETTINGS, () => test.api.put(SETTINGS, { units: "imperial" }));
    await save().click();
    await page.getByRole("alert").getByText("Somebody else was faster").waitFor();
    await notice().getByText("Units").waitFor();
    await save().click();
    await page.getByText("The settings of Shared are saved.").waitFor();
    expect((await stored()).values).toEqual({ days: 11, units: "imperial" });
  });

  it("can be saved by a button in sight, above the line at the page's foot", async () => {
    for (const height of [500, 900]) {
      await page.setViewportSize({ width: height === 500 ? 390 : 1280, height });
      await days().fill(String(height));
      const [button, foot] = await Promise.all([save().boundingBox(), page.locator("footer").boundingBox()]);
      expect((button?.y ?? 0) + (button?.height ?? 0)).toBeLessThanOrEqual(foot?.y ?? 0);
    }
  });

  it("ask about a secret, which nobody can compare", async () => {
    await page.getByLabel("API key").first().fill("mine");
    await test.api.put(SETTINGS, { apiKey: "theirs" });
    const choice = notice().getByRole("group", { name: "API key" });
    await choice.getByText(/They may have changed/).waitFor();
    await choice.getByRole("button", { name: "Take theirs" }).click();
    await page.getByText("Set. Nobody can read it.").waitFor();
    expect(await save().isDisabled()).toBe(true);
  });
});

describe("rules that two people change at once", () => {
  it("of the policy keep a draft, take over what is another rule, and show both values of the same", async () => {
    const policy = "/api/orgs/default/policy";
    await page.goto("/o/default/settings/policy");
    await page.getByLabel("Signatures").selectOption({ label: "Required to install, enable and update" });
    await test.api.put(policy, { debug: "nobody" });
    await notice().getByText("Taken over from them: Who may debug plugins.").waitFor();
    await test.api.put(policy, { debug: "nobody", install: "everyone" });
    await notice().getByText("Who may install plugins").waitFor();
    await page.getByLabel("Who may install plugins").selectOption("Nobody");
    await test.api.put(policy, { debug: "nobody", install: "administrators" });
    await notice().getByText("Yours: Nobody · Theirs: Administrators").waitFor();
    await notice().getByRole("button", { name: "Keep yours" }).click();
    await save("Save the policy").click();
    await page.getByText("The policy is in force.").waitFor();
    expect((await test.api.get(policy)).body).toMatchObject({
      debug: "nobody",
      install: "nobody",
      signatures: "required",
    });
    await test.api.put(policy, {});
  });

  it("of updates are refused when the page has not heard of it yet, and saved by another click", async () => {
    const rules = "/api/orgs/default/auto-update";
    await page.goto("/o/default/settings/updates");
    await page.getByLabel("Hours that a version must have been out").fill("12");
    await changeUnheard(rules, () => test.api.put(rules, { strategy: "security" }));
    await save("Save the rules").click();
    await page.getByRole("alert").getByText("Somebody else was faster").waitFor();
    await notice().getByText("Taken over from them: Install by itself.").waitFor();
    await save("Save the rules").click();
    await page.getByText("The rules are in force.").waitFor();
    expect((await test.api.get(rules)).body).toMatchObject({ strategy: "security", minimumAgeHours: 12 });
  });
});

describe("what a plugin may do and where, when two people change it at once", () => {
  it("keeps the scope that was chosen until one of both is taken", async () => {
    await page.goto("/o/default/plugins/acme.shared/scope");
    await page.getByRole("radio", { name: "Selected projects" }).check();
    await page.getByRole("checkbox", { name: "ALPHA" }).check();
    await test.api.put(`${PLUGIN}/scope`, { projects: ["beta"] });
    await notice().getByText("Yours: ALPHA · Theirs: BETA").waitFor();
    await notice().getByRole("button", { name: "Keep yours" }).click();
    await save().click();
    await expect
      .poll(async () => (await test.api.get(`${PLUGIN}/scope`)).body)
      .toEqual({ projects: ["alpha"] });
    await test.api.put(`${PLUGIN}/scope`, { projects: "all" });
  });

  it("takes back no permission that the page has not heard of", async () => {
    await page.goto("/o/default/plugins/acme.shared/permissions");
    const toggle = page.getByRole("switch", { name: /notifi/i });
    await toggle.waitFor();
    await changeUnheard(`${PLUGIN}/grants`, () =>
      test.api.put(`${PLUGIN}/grants`, { grants: ["storage.scoped"] }),
    );
    await toggle.press("Space");
    await page.getByText("Somebody else was faster").waitFor();
    expect((await test.api.get(`${PLUGIN}/grants`)).body.grants).toEqual([{ name: "storage.scoped" }]);
    await expect.poll(() => toggle.isEnabled()).toBe(true);
    await toggle.press("Space");
    await expect.poll(async () => (await test.api.get(`${PLUGIN}/grants`)).body.grants.length).toBe(2);
  });

  it("throws nothing and meets the page's policy nowhere", () => {
    expect(visit.faults).toEqual([]);
  });
});
