import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "../support/api.ts";
import { ADMIN } from "../support/server.ts";
import { ConsoleTest } from "./support/console-test.ts";

let test: ConsoleTest;
beforeAll(async () => {
  test = await ConsoleTest.start();
});
afterAll(() => test.close());

describe("members", () => {
  it("are added with an account of their own, get another role, and leave", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto("/o/default/settings/members");
    await page.getByRole("button", { name: "Add a member" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a member" });
    await dialog.getByLabel("E-mail address").fill("bo@example.org");
    await dialog.getByRole("button", { name: "Add a member" }).click();
    await dialog.getByRole("alert").waitFor(); // nobody here has this address yet
    await dialog.getByRole("switch", { name: "Make an account" }).press("Space");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Bo Berg");
    await dialog.getByRole("button", { name: "Add a member" }).click();
    const link = await dialog.locator("code").textContent();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await dialog.waitFor({ state: "detached" });
    const newcomer = await test.visit({ signedIn: false });
    await newcomer.page.goto(link ?? "");
    await newcomer.page.getByLabel("New password").fill("the pass phrase of Bo");
    await newcomer.page.getByRole("button", { name: "Set the password" }).click();
    await newcomer.page.getByRole("link", { name: "Plugins" }).waitFor();
    expect(newcomer.faults).toEqual([]);
    await newcomer.context.close();
    const row = page.getByRole("row").filter({ hasText: "bo@example.org" });
    await row.getByRole("combobox", { name: "Role of Bo Berg" }).click();
    await page.getByRole("option", { name: "Administrator" }).click();
    await page.getByText("The role of Bo Berg is now: Administrator.").waitFor();
    expect((await test.api.get("/api/orgs/default/members")).body.items).toContainEqual(
      expect.objectContaining({ email: "bo@example.org", role: "admin" }),
    );
    await row.getByRole("button", { name: "Remove Bo Berg" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove Bo Berg" }).click();
    await row.waitFor({ state: "detached" });
    expect(faults).toEqual([]);
    await context.close();
  });

  it("who may not manage others see them, and no way to change them", async () => {
    const member = await test.addPerson("member");
    const { page, context } = await test.visit(member);
    await page.goto("/o/default/settings/members");
    await page.getByRole("row").filter({ hasText: "member@example.org" }).waitFor();
    expect(await page.getByRole("button", { name: /Remove|Add/ }).count()).toBe(0);
    expect(await page.getByRole("link", { name: "Activity" }).count()).toBe(0);
    await context.close();
  });

  it("cannot lose their last owner, and hear why", async () => {
    const { page, context } = await test.visit();
    await page.goto("/o/default/settings/members");
    await page
      .getByRole("row")
      .filter({ hasText: ADMIN.email })
      .getByRole("button", { name: /^Remove/ })
      .click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Remove/ })
      .click();
    await page
      .getByRole("dialog")
      .getByRole("alert")
      .getByText("An organization needs an owner, and this is the last one.")
      .waitFor();
    await context.close();
  });
});

describe("projects", () => {
  it("are made, renamed, given people, chosen for the whole console, and deleted by their name", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto("/o/default/settings/projects");
    await page.getByRole("button", { name: "Create a project" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Märkte & Läden");
    await dialog.getByRole("button", { name: "Create a project" }).click();
    await page.getByRole("link", { name: "Märkte & Läden" }).click();
    await expect.poll(() => new URL(page.url()).pathname).toBe("/o/default/settings/projects/markte-laden");
    await page.getByLabel("Name").fill("Markets");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Markets" }).waitFor();
    await page.getByRole("combobox", { name: "Person" }).click();
    await page.getByRole("option").first().click();
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByRole("row").first().waitFor();
    await page.getByRole("button", { name: "Project: All projects" }).click();
    await page.getByRole("menuitem", { name: "Markets" }).click();
    await page.getByRole("button", { name: "Project: Markets" }).waitFor();
    await page.getByRole("link", { name: "Plugins" }).click();
    await page.getByRole("heading", { level: 1, name: "Plugins" }).waitFor();
    await expect.poll(() => page.url()).toContain("project=markte-laden");
    await page.goto("/o/default/settings/projects/markte-laden");
    await page.getByRole("button", { name: "Delete Markets" }).click();
    const action = page.getByRole("dialog").getByRole("button", { name: "Delete Markets" });
    expect(await action.isDisabled()).toBe(true);
    await page.getByRole("dialog").getByLabel("Type markte-laden to confirm").fill("markte-laden");
    await action.click();
    await page.getByText("The project Markets is deleted.").waitFor();
    await page.getByRole("link", { name: "Markets" }).waitFor({ state: "detached" });
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("an API key", () => {
  it("is shown once, works with the rights that were chosen, and is refused when it is removed", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto("/o/default/settings/api-keys");
    await page.getByRole("button", { name: "Create an API key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Night job");
    await dialog.getByRole("checkbox", { name: "Call tools" }).uncheck();
    await dialog.getByRole("button", { name: "Create an API key" }).click();
    const token = await dialog.getByText(/^pb_[\w-]{30,}$/).textContent();
    await dialog.getByRole("button", { name: "Copy" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    const key = new Api(test.server.url, token);
    expect((await key.get("/api/orgs/default/plugins")).status).toBe(200);
    expect((await key.get("/api/orgs/default/audit")).status).toBe(403);
    await page.getByRole("listitem").filter({ hasText: "Night job" }).getByRole("button").click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove Night job" }).click();
    await page.getByRole("listitem").filter({ hasText: "Night job" }).waitFor({ state: "detached" });
    expect((await key.get("/api/orgs/default/plugins")).status).toBe(401);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("an organization", () => {
  it("is renamed, and another is made and changed to", async () => {
    const { page, context } = await test.visit();
    await page.goto("/o/default/settings/organization");
    await page.getByLabel("Name").first().fill("Head office");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Organization: Head office" }).waitFor();
    await page.getByRole("textbox", { name: "Name", exact: true }).last().fill("Branch");
    await page.getByRole("button", { name: "Create an organization" }).click();
    await page.getByRole("button", { name: "Organization: Branch" }).waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe("/o/branch/plugins");
    await page.getByRole("button", { name: "Organization: Branch" }).click();
    await page.getByRole("menuitem", { name: "Head office" }).click();
    await page.getByRole("button", { name: "Organization: Head office" }).waitFor();
    await page.goto("/"); // where one was last
    await page.getByRole("button", { name: "Organization: Head office" }).waitFor();
    await context.close();
  });

  it("that one does not belong to is not there", async () => {
    const viewer = await test.addPerson("viewer");
    const { page, context } = await test.visit(viewer);
    await page.goto("/o/branch/plugins");
    await page.getByText("There is nothing at this address").waitFor();
    await context.close();
  });
});

describe("this server", () => {
  it("says to its administrators what it runs on and what holds plugins, as the server itself does", async () => {
    const { sandbox, runtime } = (await test.api.get("/readyz")).body;
    const { page, context, faults } = await test.visit();
    await page.goto("/o/default/settings/members");
    await page.getByRole("tab", { name: "This server" }).click();
    await page.getByText(runtime.node, { exact: true }).waitFor();
    await page.getByRole("heading", { name: "Plugins are held by" }).waitFor();
    const held = Object.values({ ...sandbox, ...sandbox.namespaces }).filter((one) => one === true);
    expect(await page.getByText("In force", { exact: true }).count()).toBe(held.length);
    expect(faults).toEqual([]);
    await context.close();
    const member = await test.visit(await test.addPerson("viewer", "looker"));
    await member.page.goto("/o/default/settings/members");
    await member.page.getByRole("tab", { name: "Members" }).waitFor();
    expect(await member.page.getByRole("tab", { name: "This server" }).count()).toBe(0);
    await member.context.close();
  });
});

describe("one's account", () => {
  it("has another password after the right one was given", async () => {
    const person = await test.addPerson("member", "changer");
    const { page, context } = await test.visit(person);
    await page.goto("/o/default/settings/account");
    await page.getByLabel("Current password").fill("wrong one");
    await page.getByLabel("New password").fill("quite another phrase");
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Current password").fill(person.password);
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByText("The password is changed.").waitFor();
    await context.close();
    await expect(test.visit(person)).rejects.toThrow("401");
    await (await test.visit({ ...person, password: "quite another phrase" })).context.close();
  });
});

describe("activity", () => {
  it("lists who did what, and is narrowed by words, plugin and time, in the address", async () => {
    const { page, context } = await test.visit();
    await page.goto("/o/default/activity");
    await page.getByText("Project deleted").first().waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("markte");
    await page.getByText("Installed").first().waitFor({ state: "detached" });
    await page.waitForURL(/q=markte/);
    await page.getByText("Project renamed").waitFor();
    await page.reload();
    await page.getByText("Project renamed").waitFor();
    expect(await page.getByRole("searchbox", { name: "Search" }).inputValue()).toBe("markte");
    await page.getByRole("searchbox", { name: "Search" }).fill("");
    await page.getByRole("combobox", { name: "Plugin" }).click();
    await page.getByRole("option", { name: "Documents" }).click();
    await page.getByText("Installed").first().waitFor();
    await page.getByText("Project renamed").waitFor({ state: "detached" });
    await context.close();
  });
});

describe("the keyboard", () => {
  it("leads everywhere: the palette, two keys for a page, and a list of the keys", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto("/o/default/plugins");
    await page.getByRole("heading", { level: 1, name: "Plugins" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page.getByRole("heading", { level: 1, name: "Activity" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Search or run a command").fill("api k");
    await page.keyboard.press("Enter");
    await page.waitForURL(/settings\/api-keys/);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByLabel("x", { exact: true }).waitFor({ state: "detached" });
    await page.goto("/o/default/activity");
    await page.getByRole("searchbox", { name: "Search" }).focus();
    await page.keyboard.type("g p");
    expect(await page.getByRole("searchbox", { name: "Search" }).inputValue()).toBe("g p"); // text stays text
    await page.keyboard.press("Home");
    await page.goto("/o/default/settings/members");
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("how the console looks", () => {
  it("is chosen, stays over a reload, and is spoken in the chosen language", async () => {
    const { page, context } = await test.visit();
    await page.goto("/o/default/settings/members");
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitemradio", { name: "Dark" }).click();
    await page.getByRole("menuitemradio", { name: "Compact" }).click();
    await page.getByRole("menuitemradio", { name: "Deutsch" }).click();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Einstellungen" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
    expect(await page.locator("html").getAttribute("data-density")).toBe("compact");
    expect(await page.locator("html").getAttribute("data-mantine-color-scheme")).toBe("dark");
    await page.goto("/o/default/activity");
    await page
      .getByText(/vor \d+ (?:Sekunde|Minute)/)
      .first()
      .waitFor();
    await context.close();
  });
});
