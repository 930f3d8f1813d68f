import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "./support/chromium.ts";
import { ConsoleTest } from "./support/console-test.ts";
import { sample } from "./support/sample-plugins.ts";

const PAGE = "/o/default/settings/policy";
let test: ConsoleTest;
const policy = async () => (await test.api.get("/api/orgs/default/policy")).body;

describeInBrowser("the policy of an organization", () => {
  beforeAll(async () => {
    test = await ConsoleTest.start();
    await test.upload(await sample({ id: "acme.games", manifest: { name: "Games" } }));
    await test.install({ plugin: "acme.games" });
  });
  afterAll(async () => await test?.close());

  it("is changed by administrators, who see what is installed against it", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto(PAGE);
    const save = page.getByRole("button", { name: "Save the policy" });
    await save.waitFor();
    expect(await save.isDisabled()).toBe(true);
    await page.getByLabel("Who may install plugins").selectOption("Everyone but viewers");
    await page.getByRole("checkbox", { name: "Community" }).uncheck();
    const forbidden = page.getByRole("combobox", { name: "Forbidden plugins" });
    await forbidden.fill("acme.games");
    await forbidden.press("Enter");
    await page.getByRole("switch", { name: /Limit what may be granted/ }).press("Space");
    await page.getByRole("combobox", { name: "Permissions that they may grant" }).click();
    await page.getByRole("option", { name: /storage\.scoped/ }).click();
    await save.click();
    await page.getByText("The policy is in force.").waitFor();
    expect(await policy()).toMatchObject({
      install: "everyone",
      debug: "administrators",
      sources: "all",
      badges: ["official", "partner", "private"],
      allowed: "all",
      forbidden: ["acme.games"],
      maxGrants: [{ name: "storage.scoped" }],
    });
    await page.getByText("1 plugin is not as the policy wants it").waitFor();
    await page.getByText('The plugin "acme.games" is forbidden here.').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it("says when its rules contradict each other, and keeps what was entered", async () => {
    await test.api.put("/api/orgs/default/policy", { forbidden: ["acme.games"] });
    const { page, context } = await test.visit();
    await page.goto(PAGE);
    const required = page.getByRole("combobox", { name: "Required plugins" });
    await required.fill("acme.games");
    await required.press("Enter");
    await page.getByRole("button", { name: "Save the policy" }).click();
    await page.getByRole("alert").getByText("The policy was not changed").waitFor();
    const fault = page
      .getByRole("alert")
      .filter({ hasText: "The policy was not changed" })
      .getByRole("listitem")
      .filter({ hasText: "Required plugins: " });
    await fault.getByText(/"acme\.games" is forbidden here/).waitFor();
    expect((await policy()).required).toEqual([]);
    await page.getByRole("button", { name: "Save the policy" }).waitFor();
    expect(await page.getByText("acme.games", { exact: true }).count()).toBe(2);
    await context.close();
  });

  it("follows what others change, without a reload", async () => {
    const { page, context } = await test.visit();
    await page.goto(PAGE);
    await page.getByLabel("Who may install plugins").waitFor();
    await test.api.put("/api/orgs/default/policy", { install: "nobody" });
    await expect.poll(() => page.getByLabel("Who may install plugins").inputValue()).toBe("nobody");
    await context.close();
  });

  it("is read by members, who are told who can change it; and stops an installation by its rule", async () => {
    await test.api.put("/api/orgs/default/policy", { install: "everyone", forbidden: ["acme.bad"] });
    await test.upload(await sample({ id: "acme.bad", manifest: { name: "Bad" } }));
    const { page, context } = await test.visit(await test.addPerson("member"));
    await page.goto(PAGE);
    await page.getByText("Owners and administrators of the organization can change this.").waitFor();
    expect(await page.getByLabel("Who may install plugins").isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Save the policy" }).count()).toBe(0);
    await page.goto("/o/default/plugins?dialog=install&plugin=acme.bad");
    const dialog = page.getByRole("dialog");
    await dialog
      .getByText(/"acme\.bad" is forbidden here.*\(forbidden\); its owners and administrators/)
      .waitFor();
    expect(await dialog.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
    await context.close();
  });

  it("says who reads logs and instances to those who do not, and shows them no tabs for that", async () => {
    await test.api.put("/api/orgs/default/policy", {});
    await test.upload(await sample({ id: "acme.told", manifest: { name: "Told" } }));
    await test.install({ plugin: "acme.told" });
    const admin = await test.visit();
    await admin.page.goto(PAGE);
    await admin.page
      .getByLabel("Who may debug plugins")
      .selectOption("Administrators, and managers for their own projects");
    await admin.page.getByRole("button", { name: "Save the policy" }).click();
    await admin.page.getByText("The policy is in force.").waitFor();
    const { page, context, faults } = await test.visit(await test.addPerson("member", "curious"));
    await page.goto("/o/default/plugins/acme.told/metrics");
    await page.getByRole("tab", { name: "Metrics", selected: true }).waitFor();
    for (const name of ["Logs", "Instances"])
      expect(await page.getByRole("tab", { name, exact: true }).count(), name).toBe(0);
    for (const tab of ["logs", "instances"]) {
      await page.goto(`/o/default/plugins/acme.told/${tab}`);
      await page.getByText("it is for those who debug the plugin.").waitFor();
      await page.getByText("owners and administrators, and managers where").waitFor();
    }
    await test.api.put("/api/orgs/default/policy", { debug: "everyone" });
    await page.getByText("No process runs while the plugin is off.").waitFor();
    expect(faults).toEqual([]);
    await context.close();
    await admin.context.close();
  });
});
