import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GithubServer, startGithub, type TestRepository } from "../support/github-server.ts";
import type { TestRegistry } from "../support/registry.ts";
import { brokenRules, ConsoleTest, sidewaysPixels, type Visit } from "./support/console-test.ts";
import { startSampleMarketplace } from "./support/sample-marketplace.ts";

const MARKETPLACE = "/o/default/marketplace";
/** Nothing ever answers there. */
const NOBODY = "http://127.0.0.1:9";
/** With the others more than a page of the list. */
const MORE = 31;

let registry: TestRegistry;
let github: GithubServer;
let weather: TestRepository;
let test: ConsoleTest;
let visit: Visit;
let page: Page;

beforeAll(async () => {
  [registry, github] = await Promise.all([startSampleMarketplace(MORE), startGithub()]);
  weather = await github.repository("acme-lab/weather");
  await weather.tag("v1.0.0", weatherTree("1.0.0"));
  test = await ConsoleTest.start({
    PATCHBAY_MARKETPLACE_URL: `${registry.server.url}, ${NOBODY}`,
    PATCHBAY_GITHUB_API_URL: github.url,
  });
  visit = await test.visit();
  page = visit.page;
});
afterAll(async () => {
  await test?.close();
  await registry?.stop();
  await github?.stop();
});

const weatherTree = (version: string) => ({
  "plugin.json": JSON.stringify({
    id: "acme.weather",
    name: "Weather",
    version,
    description: "From a repository.",
    author: { name: "Tests" },
    category: "utility",
    engines: { patchbay: "^1.0.0" },
    main: "plugin.js",
  }),
  "plugin.js": "export default {};",
});
const row = (name: string) => page.getByRole("main").getByRole("listitem", { name, exact: true });
const policy = (body: Record<string, unknown>) => test.api.put("/api/orgs/default/policy", body);

describe("searching the marketplace", () => {
  it("finds a plugin in spite of a typo, by keyboard, and keeps the search in the address", async () => {
    await page.goto("/o/default/plugins");
    await page.getByRole("link", { name: "Marketplace" }).click();
    await row("World clock").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("wrold clock");
    await page.getByText("1 plugin", { exact: true }).waitFor();
    await row("World clock").getByText("What time it is elsewhere.").waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe("wrold clock");
    await page.reload();
    await row("World clock").waitFor();
    expect(await page.getByLabel("Search the marketplace").inputValue()).toBe("wrold clock");
  });

  it("narrows by category and badge, with how many there are of each", async () => {
    await page.goto(MARKETPLACE);
    await row("World clock").waitFor();
    const badges = page.getByRole("group", { name: "Badge" });
    await badges.getByRole("button", { name: /^Community/ }).click();
    const categories = page.getByRole("group", { name: "Category" });
    await categories.getByRole("button", { name: "Data 3" }).click();
    await page.getByText("3 plugins", { exact: true }).waitFor();
    for (const name of ["Tiles", "Notes", "Pages"]) await row(name).waitFor();
    expect(await categories.getByRole("button", { name: /^Data/ }).getAttribute("aria-pressed")).toBe("true");
    await expect
      .poll(() => Object.fromEntries(new URL(page.url()).searchParams))
      .toEqual({
        badge: "community",
        category: "data",
      });
    await page.getByLabel("Search the marketplace").fill("zzzzzzzzzz");
    await page.getByText("No plugin of the marketplace matches.").waitFor();
    await page.getByRole("button", { name: "Clear search and filters" }).click();
    await row("World clock").waitFor();
    await expect.poll(() => new URL(page.url()).search).toBe("");
  });

  it("brings more when asked, each plugin once", async () => {
    await page.goto(`${MARKETPLACE}?sort=updated`);
    await page.getByText(`${MORE + 5} plugins`, { exact: true }).waitFor();
    const names = () => page.getByRole("main").locator("li[aria-label]").count();
    const counts = [await names()];
    while (await page.getByRole("button", { name: "Show more" }).isVisible()) {
      await page.getByRole("button", { name: "Show more" }).click();
      await expect.poll(names).toBeGreaterThan(counts.at(-1) ?? 0);
      counts.push(await names());
    }
    expect(counts).toEqual([30, MORE + 5]);
  });

  it("says which marketplace does not answer, and shows what the others have", async () => {
    await page.goto(MARKETPLACE);
    const notice = page.getByRole("status").filter({ hasText: "A marketplace does not answer" });
    await notice.getByText(/cannot be reached/).waitFor();
    await row("World clock").waitFor();
  });
});

describe("a plugin of the marketplace", () => {
  it("shows what its author says, what it may do, its versions, advisories and what it needs", async () => {
    await page.goto(`${MARKETPLACE}?q=maps`);
    await row("Maps").getByRole("link", { name: "Maps" }).click();
    await page.getByRole("heading", { name: "Maps of everything" }).waitFor();
    const facts = page.getByRole("region", { name: "Facts" });
    for (const words of ["acme.maps", "Vouched for by the operator", "MIT", "^1.0.0", "places"])
      await facts.getByText(words).first().waitFor();
    await page.getByRole("tab", { name: "What it may do" }).click();
    await page.getByText("tiles.acme.example").waitFor();
    await page.getByRole("tab", { name: "Changelog" }).click();
    await page.getByText("Finds more places.").waitFor();
    await page.getByRole("tab", { name: "Advisories (1)" }).click();
    for (const words of [
      "Maps show places to strangers",
      "High, CVSS 7.5",
      /before 1\.1\.0 · Fixed in 1\.1\.0/,
    ])
      await page.getByText(words).waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get("tab")).toBe("advisories");
  });

  it("says which version was withdrawn and why, and offers the one before it", async () => {
    await page.goto(`${MARKETPLACE}/acme.maps?tab=versions`);
    const withdrawn = page.getByRole("listitem").filter({ hasText: "Draws the sea green." });
    await withdrawn.getByText("Withdrawn", { exact: true }).waitFor();
    await withdrawn.getByText("1.2.0", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Install Maps" }).click();
    await page.getByRole("dialog").getByText("1.1.0", { exact: true }).waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get("version")).toBe("1.1.0");
  });

  it("says that it is deprecated, and leads to its successor", async () => {
    await page.goto(`${MARKETPLACE}?q=notes`);
    await row("Notes").getByText("Deprecated").waitFor();
    await row("Notes").getByRole("link", { name: "Notes" }).click();
    await page.getByText("Pages do all that notes did.").waitFor();
    await page.getByRole("link", { name: "zeta.pages" }).click();
    await page.getByRole("heading", { name: "Pages", level: 1 }).waitFor();
  });

  it("is not offered where the policy is against it, which says so in its words", async () => {
    await policy({ forbidden: ["zeta.pages"] });
    await page.goto(`${MARKETPLACE}?q=pages`);
    await row("Pages").getByText('The plugin "zeta.pages" is forbidden here.').waitFor();
    expect(await row("Pages").getByRole("button").count()).toBe(0);
    await row("Pages").getByRole("link", { name: "Pages" }).click();
    await page.getByText("Owners and administrators of the organization can change this.").waitFor();
    expect(await page.getByRole("button", { name: "Install Pages" }).count()).toBe(0);
    await policy({});
    await page.getByRole("button", { name: "Install Pages" }).waitFor();
  });

  it("cannot be chosen when none of its versions is for this Patchbay, and says so", async () => {
    for (const version of ["1.0.0", "2.0.0"])
      await registry.publish({
        id: "zeta.future",
        version,
        code: "export default {};",
        manifest: { name: "Future", engines: { patchbay: "^9.0.0" } },
      });
    const words = {
      "en-GB": ["Install Future", "Install 1.0.0", /2\.0\.0 is for Patchbay \^9\.0\.0, this is \d/],
      "de-DE": [
        "Future installieren",
        "1.0.0 installieren",
        /2\.0\.0 ist für Patchbay \^9\.0\.0, dies ist \d/,
      ],
    } as const;
    for (const [locale, [install, older, reason]] of Object.entries(words)) {
      const { page: other, context, faults } = await test.visit({ locale, width: 390 });
      await other.goto(`${MARKETPLACE}/zeta.future?tab=versions`);
      await other.getByRole("status").getByText(reason).waitFor();
      for (const name of [install, older]) {
        const button = other.getByRole("button", { name, exact: true });
        expect(await button.isDisabled(), name).toBe(true);
        const described = await button.getAttribute("aria-describedby");
        expect(await other.locator(`[id="${described}"]`).textContent()).toMatch(reason);
      }
      expect(await brokenRules(other)).toEqual([]);
      expect(await sidewaysPixels(other)).toBe(0);
      expect(faults).toEqual([]);
      await context.close();
    }
  });

  it("has a publisher with proofs, keys and all its plugins", async () => {
    await page.goto(`${MARKETPLACE}/acme.maps`);
    await page.getByRole("main").getByRole("link", { name: "acme Inc." }).first().click();
    await page.getByRole("heading", { name: "acme Inc.", level: 1 }).waitFor();
    await page.getByText("Vouched for by the operator").waitFor();
    await page.getByText("It fell into the wrong hands: nothing that it signed counts.").waitFor();
    for (const name of ["Maps", "Tiles"]) await row(name).waitFor();
    expect(await page.getByRole("main").locator("li[aria-label]").count()).toBe(2);
  });

  it("is none when no marketplace has it, in the words of the server", async () => {
    await page.goto(`${MARKETPLACE}/zeta.nothing`);
    await page.getByRole("alert").waitFor();
    await page.getByRole("button", { name: "Retry" }).waitFor();
  });
});

describe("installing from the marketplace", () => {
  it("goes through the steps to a tool that answers, with what it needs", async () => {
    await page.goto(`${MARKETPLACE}/acme.maps?tab=versions`);
    await page.getByRole("button", { name: "Install 1.0.0" }).click();
    const dialog = page.getByRole("dialog", { name: "Install Maps" });
    await dialog.getByText(/It comes from the marketplace/).waitFor();
    await dialog.getByText("1 further plugin is installed with it").waitFor();
    await dialog.getByText("Maps of everything").waitFor();
    for (let step = 0; step < 3; step += 1) await dialog.getByRole("button", { name: "Next" }).click();
    await dialog.getByRole("button", { name: "Install, then enable in all projects" }).click();
    await page.getByText("Maps is enabled.").waitFor();
    const answer = await test.api.post("/api/orgs/default/tools/acme.maps/where", { input: {} });
    expect(answer.body).toEqual({ output: "right here" });
    expect(await test.installation("acme.tiles")).toMatchObject({ version: "1.0.0" });
  });

  it("then offers the update, and warns of what touches the installed version", async () => {
    await page.goto(`${MARKETPLACE}/acme.maps?tab=advisories`);
    await page.getByText("Touches the installed version 1.0.0").waitFor();
    await page.getByRole("button", { name: "Update Maps to 1.1.0" }).click();
    const dialog = page.getByRole("dialog", { name: "Update Maps" });
    await dialog.getByText("Finds more places.").waitFor();
    await dialog.getByRole("button", { name: "Update to 1.1.0" }).click();
    await page.getByText("Maps now runs version 1.1.0.").waitFor();
    await page.getByRole("link", { name: "Open Maps" }).click();
    await page.waitForURL(/\/plugins\/acme\.maps\/overview/);
  });

  it("finds what is in no catalog in the dialog as well", async () => {
    await page.goto("/o/default/plugins?dialog=install");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("tab", { name: "From the catalog or a marketplace" }).click();
    await dialog.getByLabel("Search the catalog").fill("clock");
    const found = dialog.getByRole("region", { name: "In marketplaces" });
    await found.getByRole("button", { name: "Choose: World clock" }).click();
    await page.getByRole("dialog", { name: "Install World clock" }).getByText("Partner").waitFor();
  });

  it("is asked for by those who may not", async () => {
    const member = await test.visit(await test.addPerson("member"));
    await member.page.goto(`${MARKETPLACE}/beta.clock`);
    await member.page.getByRole("button", { name: "Ask for World clock" }).click();
    const dialog = member.page.getByRole("dialog", { name: "Ask for a plugin" });
    await dialog.getByLabel("What you need it for").fill("To call people when they are awake");
    await dialog.getByRole("button", { name: "Ask for World clock" }).click();
    await member.page.getByText("Your administrators are asked for World clock.").waitFor();
    expect(member.faults).toEqual([]);
    await member.context.close();
    await page.goto("/o/default/requests");
    await page.getByText("beta.clock 1.0.0").waitFor();
    await page.getByRole("button", { name: "Approve beta.clock" }).click();
    const steps = page.getByRole("dialog");
    await steps.getByRole("button", { name: "Next" }).first().waitFor();
    while (await steps.getByRole("button", { name: "Next" }).isVisible())
      await steps.getByRole("button", { name: "Next" }).click();
    await steps.getByRole("button", { name: "Install, then enable in all projects" }).click();
    await page.getByText("World clock is enabled.").waitFor();
  });
});

describe("installing from GitHub", () => {
  it("says what is wrong with a repository in the dialog, and takes the right one", async () => {
    await page.goto("/o/default/plugins?dialog=install");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("tab", { name: "From GitHub" }).click();
    await dialog.getByRole("textbox", { name: "Repository" }).fill("acme-lab/nothing");
    await dialog.getByRole("textbox", { name: "Version" }).fill("1.0.0");
    await dialog.getByRole("button", { name: "Next" }).click();
    const problem = dialog.getByRole("alert");
    await problem.getByText("This repository cannot be installed").waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await dialog.getByRole("textbox", { name: "Repository" }).fill("https://github.com/acme-lab/weather.git");
    await dialog.getByRole("textbox", { name: "Version" }).fill("v1.0.0");
    await dialog.getByRole("button", { name: "Next" }).click();
    await dialog.getByText("From a repository.").waitFor();
    for (let step = 0; step < 3; step += 1) await dialog.getByRole("button", { name: "Next" }).click();
    await dialog.getByRole("button", { name: "Install, then enable in all projects" }).click();
    await page.getByText("Weather is enabled.").waitFor();
  });

  it("goes on with an update that is nowhere but in the repository yet", async () => {
    await weather.tag("v1.1.0", weatherTree("1.1.0"), []);
    const { body } = await test.api.post("/api/orgs/default/updates/check");
    expect(body.checked).toContain("acme.weather");
    await page.goto("/o/default/plugins");
    await page.getByRole("button", { name: "Update to 1.1.0: Weather" }).click();
    const dialog = page.getByRole("dialog", { name: "Update Weather" });
    await dialog.getByRole("button", { name: "Update to 1.1.0" }).click();
    await page.getByText("Weather now runs version 1.1.0.").waitFor();
  });
});

describe("the sources in the settings", () => {
  it("are the marketplaces in their order with how they answer, and a token that nobody sees again", async () => {
    await page.goto("/o/default/settings/sources");
    const marketplaces = page.getByRole("main").getByRole("listitem");
    await marketplaces.nth(0).getByText("Answers", { exact: true }).waitFor();
    await marketplaces.nth(1).getByText("Does not answer").waitFor();
    await page.getByRole("textbox", { name: "Token" }).fill("github_pat_secret");
    await page.getByRole("button", { name: "Keep the token" }).click();
    await page.getByText("A token is kept.").waitFor();
    await page.reload();
    await page.getByText("A token is kept.").waitFor();
    expect(await page.content()).not.toContain("github_pat_secret");
    await page.getByRole("button", { name: "Remove the token" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove the token" }).click();
    await page.getByText("No token is kept").waitFor();
  });
});

describe("the marketplace", () => {
  it("throws nothing, meets its policy nowhere, and fits a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of [`${MARKETPLACE}?q=maps`, `${MARKETPLACE}/acme.maps?tab=versions`]) {
      await page.goto(path);
      await page.getByText("1.1.0", { exact: true }).first().waitFor();
      expect(await sidewaysPixels(page)).toBe(0);
    }
    expect(visit.faults).toEqual([]);
  });

  it("says so when there is none", async () => {
    const alone = await ConsoleTest.start({ PATCHBAY_MARKETPLACE_URL: "off" });
    try {
      const { page: empty } = await alone.visit();
      await empty.goto(MARKETPLACE);
      await empty.getByText("This deployment has no marketplace.").waitFor();
      expect(await brokenRules(empty)).toEqual([]);
    } finally {
      await alone.close();
    }
  });
});
