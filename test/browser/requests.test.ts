import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "./support/chromium.ts";
import { brokenRules, ConsoleTest, type Person, sidewaysPixels } from "./support/console-test.ts";
import { sample } from "./support/sample-plugins.ts";

let test: ConsoleTest;
let member: Person;

describeInBrowser("a plugin that somebody may not install", () => {
  beforeAll(async () => {
    test = await ConsoleTest.start();
    member = await test.addPerson("member");
    await test.api.post("/api/orgs/default/projects", { slug: "kitchen", name: "Kitchen" });
    await test.upload(await sample({ id: "acme.scale", manifest: { name: "Scale" } }));
    await test.upload(
      await sample({
        id: "acme.clock",
        manifest: {
          name: "Clock",
          permissions: { required: [{ name: "storage.scoped", reason: "Tells the hour." }] },
          settings: { type: "object", properties: { hours: { type: "integer", title: "Hours" } } },
        },
      }),
    );
  });
  afterAll(async () => await test?.close());

  const ask = async (name: string, message: string) => {
    const { page, context, faults } = await test.visit(member);
    await page.goto("/o/default/plugins");
    await page.getByRole("button", { name: "Ask for a plugin" }).click();
    const dialog = page.getByRole("dialog", { name: "Ask for a plugin" });
    await dialog.getByRole("listitem").filter({ hasText: name }).getByRole("button").click();
    await dialog.getByLabel("What you need it for").fill(message);
    expect(await brokenRules(page)).toEqual([]);
    await dialog.getByRole("button", { name: `Ask for ${name}` }).click();
    await page.getByText(`Your administrators are asked for ${name}.`).waitFor();
    expect(faults).toEqual([]);
    return { page, context };
  };

  it("is asked for, approved by an administrator, and there for everybody without a reload", async () => {
    const asking = await ask("Clock", "To be on time");
    await asking.page.getByRole("link", { name: "Requests" }).click();
    await asking.page.getByText("Waits", { exact: true }).waitFor();
    const { page, context, faults } = await test.visit();
    await page.goto("/o/default/plugins");
    await page.getByRole("link", { name: /^Requests/ }).click();
    await page.getByText("“To be on time”").waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await sidewaysPixels(page)).toBe(0);
    await page.getByRole("button", { name: "Approve acme.clock" }).click();
    const dialog = page.getByRole("dialog", { name: "Install acme.clock 1.0.0?" });
    await dialog.getByRole("button", { name: "Next" }).click();
    await dialog.getByText("Tells the hour.").waitFor(); // the author's reason
    await dialog.getByRole("button", { name: "Next" }).click();
    expect(await dialog.getByRole("radio", { name: "All projects" }).isChecked()).toBe(true);
    expect(await dialog.getByRole("radio", { name: "Selected projects" }).isEnabled()).toBe(true);
    await dialog.getByRole("button", { name: "Next" }).click();
    await dialog.getByLabel("Hours").fill("24");
    await dialog.getByRole("button", { name: "Install, then enable in all projects" }).click();
    await page.getByText("Clock is enabled.").waitFor();
    expect(await test.installation("acme.clock")).toMatchObject({
      state: "enabled",
      scope: { projects: "all" },
      grants: [{ name: "storage.scoped" }],
    });
    const settings = await test.api.get("/api/orgs/default/plugins/acme.clock/settings");
    expect(settings.body.values).toEqual({ hours: 24 });
    await asking.page.getByText("Approved", { exact: true }).waitFor();
    await asking.page.getByRole("link", { name: "Plugins" }).click();
    await asking.page.getByRole("article", { name: "Clock" }).waitFor();
    expect(faults).toEqual([]);
    await asking.context.close();
    await context.close();
  });

  it("is refused with a reason, which who asked reads", async () => {
    const asking = await ask("Scale", "");
    await asking.page.getByRole("link", { name: "Requests" }).click();
    const { page, context } = await test.visit();
    await page.goto("/o/default/requests");
    await page.getByRole("button", { name: "Refuse acme.scale" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("We have one.");
    await dialog.getByRole("button", { name: "Refuse acme.scale" }).click();
    await page.getByText("The request for acme.scale is refused.").waitFor();
    await asking.page.getByText(/“We have one\.”/).waitFor();
    await asking.context.close();
    await context.close();
  });

  it("is not asked for any more when the request is withdrawn", async () => {
    const { page, context } = await ask("Scale", "Once more");
    await page.getByRole("link", { name: "Requests" }).click();
    await page.getByRole("button", { name: "Withdraw the request for acme.scale" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: "Withdraw the request for acme.scale" })
      .click();
    await page.getByText("Withdrawn", { exact: true }).waitFor();
    await context.close();
  });
});
