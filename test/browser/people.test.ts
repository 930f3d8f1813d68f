import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN } from "../support/server.ts";
import { ConsoleTest } from "./support/console-test.ts";

describe("a fresh server", () => {
  let test: ConsoleTest;
  beforeAll(async () => {
    test = await ConsoleTest.start({
      PATCHBAY_ADMIN_EMAIL: "",
      PATCHBAY_ADMIN_PASSWORD: "",
      PATCHBAY_BOOTSTRAP_API_KEY: "",
    });
  });
  afterAll(() => test.close());

  it("is set up through the one-time link, and leads to the plugins", async () => {
    const printed = () => /http:\S+\/setup#\S+\n/.exec(test.server.output())?.[0].trim() ?? "";
    await expect.poll(printed).not.toBe(""); // it comes after the line that says that the server is ready
    const link = printed();
    const { page, context, faults } = await test.visit({ signedIn: false });
    await page.goto(`${test.server.url}/setup`);
    await page.getByText("This address lacks its token").waitFor();
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByLabel("Your name").fill("Ada");
    await page.getByLabel("E-mail address").fill("ada@example.org");
    await page.getByRole("textbox", { name: "Password" }).fill("short");
    await page.getByRole("button", { name: "Create the account" }).click();
    await expect.poll(() => page.url()).toContain("/setup"); // the browser itself refuses a password of 5 characters
    await page.getByRole("textbox", { name: "Password" }).fill("a long pass phrase");
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByRole("heading", { level: 1, name: "Plugins" }).waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe("/o/default/plugins");
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByLabel("Your name").fill("Eve");
    await page.getByLabel("E-mail address").fill("eve@example.org");
    await page.getByRole("textbox", { name: "Password" }).fill("another pass phrase");
    await page.getByRole("button", { name: "Create the account" }).click();
    await page
      .getByRole("alert")
      .getByText("This set-up link was used, has expired or never existed.")
      .waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe("signing in", () => {
  let test: ConsoleTest;
  beforeAll(async () => {
    test = await ConsoleTest.start();
  });
  afterAll(() => test.close());

  it("comes back to the address that was asked for; wrong words are refused in place", async () => {
    const { page, context, faults } = await test.visit({ signedIn: false });
    await page.goto("/o/default/activity?period=week");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("E-mail address").fill(ADMIN.email);
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("E-mail address and password do not belong together.").waitFor();
    await page.getByRole("textbox", { name: "Password" }).fill(ADMIN.password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Activity" }).waitFor();
    await expect.poll(() => page.url()).toContain("period=week");
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto("/o/default/plugins");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it("never leads to another site, whatever the link says", async () => {
    for (const returnTo of [
      "//example.org/x",
      "https://example.org",
      "/\\example.org",
      "javascript:alert(1)",
    ]) {
      const { page, context } = await test.visit({ signedIn: false });
      await page.goto(`/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
      await page.getByLabel("E-mail address").fill(ADMIN.email);
      await page.getByRole("textbox", { name: "Password" }).fill(ADMIN.password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { level: 1, name: "Plugins" }).waitFor();
      await expect.poll(() => page.url().startsWith(test.server.url), { message: returnTo }).toBe(true);
      await context.close();
    }
  });

  it("of somebody without an organization says what to do", async () => {
    const person = await test.addPerson("viewer", "nobody");
    const members = await test.api.get("/api/orgs/default/members");
    const { userId } = members.body.items.find(({ email }: { email: string }) => email === person.email);
    await test.api.delete(`/api/orgs/default/members/${userId}`);
    const { page, context } = await test.visit(person);
    await page.goto("/");
    await page.getByText("Ask an administrator to add nobody@example.org").waitFor();
    await context.close();
  });

  it("through a provider that was refused says why", async () => {
    const { page, context } = await test.visit({ signedIn: false });
    await page.goto("/sign-in?error=sign_in_not_allowed");
    await page
      .getByRole("alert")
      .getByText("The sign-in provider knows you, but nobody here does.")
      .waitFor();
    await context.close();
  });
});

describe("the page", () => {
  let test: ConsoleTest;
  beforeAll(async () => {
    test = await ConsoleTest.start();
  });
  afterAll(() => test.close());

  it("has a strict policy, runs nothing inline and loads nothing from elsewhere", async () => {
    const answer = await fetch(`${test.server.url}/o/default/plugins`);
    const policy = answer.headers.get("content-security-policy") ?? "";
    const directives = Object.fromEntries(
      policy.split("; ").map((one) => [one.split(" ")[0], one.split(" ").slice(1).join(" ")]),
    );
    expect(directives).toMatchObject({
      "default-src": "'none'",
      "script-src": `${test.server.url}/assets/ ${test.server.url}/color-scheme.js`,
      "style-src": expect.stringMatching(/^\S+\/assets\/ 'nonce-[\w+/]{22}=='$/),
      "frame-src": `${test.server.url}/frame/`,
      "frame-ancestors": "'none'",
      "base-uri": "'none'",
    });
    expect(policy).not.toMatch(/unsafe|\*|data:.*script/);
    const again = await fetch(`${test.server.url}/o/default/plugins`);
    expect(again.headers.get("content-security-policy")).not.toBe(policy); // a mark for each answer
    const html = await answer.text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|<style/i);
    expect(html.replaceAll(test.server.url, "")).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    const { page, context } = await test.visit();
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).origin));
    await page.goto("/o/default/plugins");
    expect([...hosts]).toEqual([test.server.url]);
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.ran = true";
      document.head.append(script);
      return "ran" in globalThis;
    });
    expect(ran).toBe(false);
    await context.close();
  });

  it("is there under another name of this machine, as a tunnel or a mapped port gives it one", async () => {
    const { page, context } = await test.visit({ signedIn: false });
    await page.goto(test.server.url.replace("127.0.0.1", "localhost"));
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await expect.poll(() => new URL(page.url()).hostname).toBe("localhost");
    await page.getByLabel("E-mail address").fill(ADMIN.email);
    await page.getByRole("textbox", { name: "Password" }).fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Plugins" }).waitFor();
    await context.close();
  });

  it("that describes the HTTP API, and the one that an error's type names, are open to everybody", async () => {
    const { page, context, faults } = await test.visit({ signedIn: false });
    await page.goto("/docs");
    await page.getByText("A self-hosted plugin platform").waitFor();
    await page.getByRole("button", { name: "Expand operation" }).first().waitFor();
    const { type } = await (await context.request.get("/api/me")).json();
    await page.goto(type);
    await page.locator("dt:target", { hasText: "unauthenticated" }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it("loads at most 250 kB of compressed script on a cold cache", async () => {
    const { page, context } = await test.visit();
    let bytes = 0;
    const counted: Promise<void>[] = [];
    const loaded: string[] = [];
    page.on("requestfinished", (request) => {
      if (request.resourceType() !== "script") return;
      loaded.push(new URL(request.url()).pathname);
      counted.push(
        request.sizes().then(({ responseBodySize }) => {
          bytes += responseBodySize;
        }),
      );
    });
    await page.goto(`${test.server.url}/o/default/plugins`);
    await page.getByRole("heading", { level: 1, name: "Plugins" }).waitFor();
    await page.waitForLoadState("load");
    await Promise.all(counted);
    console.log(`First load: ${Math.round(bytes / 1000)} kB of compressed script in ${counted.length} files`);
    expect(loaded).not.toContainEqual(expect.stringContaining("/later-"));
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(250_000);
    await context.close();
  });
});
