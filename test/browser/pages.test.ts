import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestRegistry } from "../support/registry.ts";
import { ConsoleTest, drawn, faultsOfPage, LOOKS, setLook } from "./support/console-test.ts";
import { DIARY, installDiary, remember } from "./support/diary-plugin.ts";
import { startSampleMarketplace } from "./support/sample-marketplace.ts";
import { brokenSample, WEATHER_GRANTS, weather } from "./support/sample-plugins.ts";

/** Where pictures of all pages go; none are taken unless it is set. `npm run screenshots` sets it. */
const PICTURES = process.env.PATCHBAY_SCREENSHOTS;
/** Some fifty pages, each looked through for broken rules: minutes on a busy machine. */
const LOOK_MS = 600_000;
const WEATHER = "/o/default/plugins/acme.weather";

/** In which languages pages are loaded, and how each is then looked at. German words are longer, which a phone shows best. */
const LANGUAGES = {
  English: { locale: "en-GB", looks: ["light", "dark", "phone"] },
  German: { locale: "de-DE", looks: ["phone, dark"] },
} as const satisfies Record<string, { locale: string; looks: readonly (keyof typeof LOOKS)[] }>;

/** Every page of the console, and every dialog that has an address. */
const PAGES = {
  connect: "/o/default/connect",
  endpoints: "/o/default/endpoints",
  plugins: "/o/default/plugins",
  "plugins none found": "/o/default/plugins?q=nothing-has-this-name",
  install: "/o/default/plugins?dialog=install",
  "install one": "/o/default/plugins?dialog=install&plugin=acme.clock",
  "settings dialog": "/o/default/plugins?dialog=settings&plugin=acme.weather",
  "update dialog": "/o/default/plugins?dialog=update&plugin=acme.weather",
  "uninstall dialog": "/o/default/plugins?dialog=uninstall&plugin=acme.weather",
  "plugin overview": `${WEATHER}/overview`,
  "plugin permissions": `${WEATHER}/permissions`,
  "plugin scope": `${WEATHER}/scope`,
  "plugin settings": `${WEATHER}/settings`,
  "plugin tools": `${WEATHER}/tools`,
  "plugin memory": `/o/default/plugins/${DIARY}/memory?namespace=notes`,
  "plugin memory found": `/o/default/plugins/${DIARY}/memory?namespace=notes&q=kitten`,
  "plugin memory none": `/o/default/plugins/${DIARY}/memory?namespace=nothing`,
  "plugin logs": `${WEATHER}/logs`,
  "plugin metrics": `${WEATHER}/metrics`,
  "plugin history": `${WEATHER}/history`,
  "plugin versions": `${WEATHER}/versions`,
  "plugin instances": `${WEATHER}/instances`,
  "failed plugin": "/o/default/plugins/acme.broken/overview",
  "no such plugin": "/o/default/plugins/acme.nothing/overview",
  models: "/o/default/models",
  "models playground": "/o/default/models/playground",
  "models usage": "/o/default/models/usage",
  "models usage by person": "/o/default/models/usage?period=own&by=person&of=cost",
  "models budgets": "/o/default/models/budgets",
  marketplace: "/o/default/marketplace",
  "marketplace search": "/o/default/marketplace?q=mpas&category=integration",
  "marketplace none found": "/o/default/marketplace?q=nothing-has-this-name",
  "marketplace plugin": "/o/default/marketplace/acme.maps",
  "marketplace permissions": "/o/default/marketplace/acme.maps?tab=permissions",
  "marketplace versions": "/o/default/marketplace/acme.maps?tab=versions",
  "marketplace changelog": "/o/default/marketplace/acme.maps?tab=changelog",
  "marketplace advisories": "/o/default/marketplace/acme.maps?tab=advisories",
  "marketplace deprecated": "/o/default/marketplace/zeta.notes",
  "marketplace not allowed": "/o/default/marketplace/zeta.pages",
  "marketplace no such plugin": "/o/default/marketplace/acme.nothing",
  "marketplace install": "/o/default/marketplace/acme.maps?dialog=install&plugin=acme.maps&version=1.1.0",
  publisher: "/o/default/marketplace/publishers/acme",
  tools: "/o/default/tools?tool=acme.weather/hello",
  requests: "/o/default/requests",
  "ask dialog": "/o/default/plugins?dialog=ask",
  join: "/join#token",
  activity: "/o/default/activity",
  calls: "/o/default/calls",
  "calls of a plugin": `${WEATHER}/calls`,
  members: "/o/default/settings/members",
  projects: "/o/default/settings/projects",
  project: "/o/default/settings/projects/alpha",
  "API keys": "/o/default/settings/api-keys",
  policy: "/o/default/settings/policy",
  sources: "/o/default/settings/sources",
  updates: "/o/default/settings/updates",
  organization: "/o/default/settings/organization",
  account: "/o/default/settings/account",
  deployment: "/o/default/settings/deployment",
  "page of a plugin": "/o/default/views/patchbay.insights/overview",
  "no such page": "/o/default/nowhere",
} as const;
const PUBLIC_PAGES = {
  "sign in": "/sign-in",
  "set up": "/setup#token",
  password: "/password#token",
} as const;

let registry: TestRegistry;
let test: ConsoleTest;
beforeAll(async () => {
  registry = await startSampleMarketplace();
  test = await ConsoleTest.start({
    PATCHBAY_MARKETPLACE_URL: `${registry.server.url}, http://127.0.0.1:9`,
  });
  const org = "/api/orgs/default";
  await test.upload(await weather());
  await test.install({ plugin: "acme.weather", grants: WEATHER_GRANTS }, { enable: true });
  await test.upload(await weather({ version: "1.1.0", isLater: true }));
  await test.upload(await weather({ id: "acme.clock" }));
  await test.upload(await brokenSample({ id: "acme.broken" }, "The licence file is missing."));
  await test.install({ plugin: "acme.broken" }, { enable: true });
  await test.api.post(`${org}/plugins/patchbay.insights/enable`);
  await test.api.post(`${org}/projects`, { slug: "alpha", name: "Alpha" });
  await test.api.put(`${org}/policy`, { forbidden: ["zeta.pages"] });
  await test.addPerson("member");
  await test.api.post(`${org}/requests`, { plugin: "acme.clock", message: "To be on time" });
  await useModels(test);
  await installDiary(test);
  await remember(
    test,
    ["createNamespace", "notes"],
    ["add", "notes", { text: "The kitten was adopted from the shelter.", metadata: { of: "ada" } }],
  );
  for (let n = 0; n < 20; n += 1) await test.api.post(`${org}/tools/acme.weather/hello`, { input: {} });
});
afterAll(async () => {
  await test?.close();
  await registry?.stop();
});

/** Something to see of models, what they cost and how much may be used of them. */
const useModels = async ({ api }: ConsoleTest): Promise<void> => {
  const org = "/api/orgs/default";
  await api.post(`${org}/plugins/patchbay.echo/enable`);
  const prices = [{ model: "echo/*", input: 2, output: 8 }];
  await api.put(`${org}/model-prices`, { currency: "EUR", prices });
  await api.post(`${org}/budgets`, { for: { kind: "person" }, of: "tokens", amount: 200_000, per: "day" });
  const messages = [{ role: "user", content: "Hello there" }];
  const { status } = await api.post("/v1/chat/completions", { model: "echo/echo", messages });
  expect(status).toBe(200);
};

/** Comes back when nothing on the page is on its way any more. */
const settled = async (page: Page): Promise<void> => {
  await page.locator("h1, [role=alert]").first().waitFor();
  if (page.url().includes("dialog=")) await page.getByRole("dialog").waitFor();
  await page.waitForFunction(
    () => document.querySelector('[aria-busy="true"], .mantine-Skeleton-root[data-visible]') === null,
  );
  await drawn(page);
};

const picture = async (page: Page, look: string, name: string): Promise<void> => {
  if (PICTURES === undefined) return;
  const folder = join(PICTURES, look.replaceAll(/[^a-zA-Z]+/g, "-"));
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.replaceAll(" ", "-")}.png`) });
};

describe.each(Object.entries(LANGUAGES))("every page in %s", (language, { locale, looks }) => {
  it("can be read and used by everybody, fits its window, and breaks no rule of its own", {
    timeout: LOOK_MS,
  }, async () => {
    const findings: Record<string, unknown> = {};
    for (const [pages, signedIn] of [
      [PAGES, true],
      [PUBLIC_PAGES, false],
    ] as const) {
      const { page, context, faults } = await test.visit({ locale, signedIn });
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(path);
        for (const look of looks) {
          await setLook(page, LOOKS[look]);
          await settled(page);
          await picture(page, `${language} ${look}`, name);
          const found = [...(await faultsOfPage(page)), ...faults.splice(0)];
          if (found.length > 0) findings[`${name}, ${look}`] = found;
        }
      }
      await context.close();
    }
    expect(findings).toEqual({});
  });
});
