import { VIEW_PLACES } from "@patchbay/protocol";
import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer } from "../support/server.ts";
import { ConsoleTest } from "./support/console-test.ts";
import { makeUiPackage } from "./support/ui-package.ts";

const PLUGIN = "acme.everywhere";
const PLACES = VIEW_PLACES.map((place) => ({ name: place, place }));
const PERMISSIONS = [...VIEW_PLACES.map((place) => `ui.${place}`), "ui.theme", "ui.notifications"];
const UI = `
import { createElement as h, useState } from "react";
import { useTheme } from "@patchbay/sdk/ui";
export default function View({ api, view }) {
  const [clicks, setClicks] = useState(0);
  const theme = useTheme();
  return h("div", null,
    h("button", { onClick: () => setClicks(clicks + 1) }, "clicked " + clicks),
    h("button", { onClick: () => api.ui.showNotification({ title: "Done", message: "Well done", level: "success" }) }, "tell"),
    h("button", { onClick: () => setTimeout(() => { for (;;) {} }, 50) }, "loop"),
    h("p", null, theme.mode + " " + theme.colors.accent),
    h("div", { style: { position: "fixed", inset: "-5000px", background: "red", zIndex: 2147483647, pointerEvents: "none" } }));
}
`;

/** `words` come before the number of clicks. */
const everywhere = (version: string, words: string): Promise<Uint8Array> =>
  makeUiPackage({
    id: PLUGIN,
    version,
    ui: UI.replace("clicked ", words),
    views: PLACES,
    manifest: {
      name: "Everywhere",
      permissions: { required: PERMISSIONS },
      contributes: {
        views: PLACES.map((view) => ({ ...view, title: `The ${view.place}` })),
        themes: [
          {
            name: "forest",
            title: "Forest",
            scheme: "dark",
            tokens: { background: "#0f1a14", accent: "#2e8b57" },
          },
        ],
      },
    },
  });

let test: ConsoleTest;
beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.upload(await everywhere("1.0.0", "clicked "));
  await test.install({ plugin: PLUGIN, grants: PERMISSIONS }, { enable: true });
});
afterAll(() => test.close());

/** In its place: one that leaves is elsewhere for a moment, out of sight. */
const frameIn = (page: Page, name: string): FrameLocator =>
  page.frameLocator(`[data-frame] iframe[title="The ${name}"]`);

describe("a plugin's view", () => {
  it("is shown in each place, in a box of the console's that it cannot leave", async () => {
    const { page, context, faults } = await test.visit();
    await page.goto("/o/default/plugins");
    await page.getByRole("link", { name: "The page" }).click();
    await page.getByRole("button", { name: "Show the panels of plugins" }).click();
    await page.getByRole("button", { name: "Open a plugin’s overlay" }).click();
    await page.getByRole("menuitem", { name: "The overlay" }).click();
    for (const place of VIEW_PLACES) {
      const frame = frameIn(page, place);
      await frame.getByRole("button", { name: "clicked 0" }).click();
      await frame.getByRole("button", { name: "clicked 1" }).waitFor();
    }
    // However large its content makes itself, the overlay leaves most of the page alone.
    const box = await page.locator('iframe[title="The overlay"]').boundingBox();
    expect(box?.width).toBeLessThanOrEqual(360);
    expect(box?.height).toBeLessThanOrEqual(420);
    await page.getByRole("link", { name: "Plugins" }).click();
    await page.getByRole("heading", { level: 1, name: "Plugins" }).waitFor();
    await page.getByRole("button", { name: "Close The overlay" }).click();
    await page.locator('iframe[title="The overlay"]').waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "Open a plugin’s overlay",
    );
    expect(faults).toEqual([]);
    await context.close();
  });

  it("tells people something, which says whom it is from", async () => {
    const { page, context } = await test.visit();
    await page.goto(`/o/default/views/${PLUGIN}/page`);
    await frameIn(page, "page").getByRole("button", { name: "tell" }).click();
    await page.getByText("Everywhere: Done").waitFor();
    await context.close();
  });

  it("that hangs gives its place to its name, the cause and Retry; the rest of the console goes on", async () => {
    const { page, context } = await test.visit();
    await page.goto(`/o/default/views/${PLUGIN}/page`);
    await frameIn(page, "toolbar").getByRole("button", { name: "clicked 0" }).waitFor();
    await frameIn(page, "page").getByRole("button", { name: "loop" }).click();
    const fallback = page.getByRole("alert").filter({ hasText: "Everywhere cannot be shown" });
    await fallback.waitFor();
    await fallback.getByText(/has not answered for \d seconds/).waitFor();
    await frameIn(page, "toolbar").getByRole("button", { name: "clicked 0" }).click();
    await frameIn(page, "toolbar").getByRole("button", { name: "clicked 1" }).waitFor();
    await fallback.getByRole("button", { name: "Retry" }).click();
    await frameIn(page, "page").getByRole("button", { name: "clicked 0" }).waitFor();
    const log = await test.api.get(`/api/orgs/default/plugins/${PLUGIN}/logs`);
    expect(JSON.stringify(log.body.items)).toContain("has not answered");
    await context.close();
  });

  it("goes when its plugin is disabled elsewhere, and comes back, without a reload", async () => {
    const { page, context } = await test.visit();
    await page.goto(`/o/default/views/${PLUGIN}/page`);
    await frameIn(page, "page").getByRole("button", { name: "clicked 0" }).waitFor();
    await test.api.post(`/api/orgs/default/plugins/${PLUGIN}/disable`);
    await page.getByRole("heading", { name: "This page is not there" }).waitFor();
    await page.getByRole("link", { name: "The page" }).waitFor({ state: "detached" });
    await test.api.post(`/api/orgs/default/plugins/${PLUGIN}/enable`);
    await frameIn(page, "page").getByRole("button", { name: "clicked 0" }).waitFor();
    await context.close();
  });
});

describe("a view that is worked on", () => {
  it("begins anew with each version, wherever it is looked at, without a reload", async () => {
    const { page, context } = await test.visit();
    await page.goto(`/o/default/views/${PLUGIN}/page`);
    await frameIn(page, "page").getByRole("button", { name: "clicked 0" }).click();
    await test.upload(await everywhere("1.0.1-dev.1", "touched "));
    await test.api.post(`/api/orgs/default/plugins/${PLUGIN}/update`, { version: "1.0.1-dev.1" });
    await frameIn(page, "page").getByRole("button", { name: "touched 0" }).waitFor();
    await test.api.post(`/api/orgs/default/plugins/${PLUGIN}/rollback`);
    await frameIn(page, "page").getByRole("button", { name: "clicked 0" }).waitFor();
    await context.close();
  });
});

describe("a plugin's theme", () => {
  it("colours the console and the views, is told to them at once, and stays over a reload", async () => {
    const { page, context } = await test.visit();
    await page.goto(`/o/default/views/${PLUGIN}/page`);
    await frameIn(page, "page").getByText("light #1b66c9").waitFor();
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitemradio", { name: "Forest" }).click();
    await frameIn(page, "page").getByText("dark #2e8b57").waitFor();
    await page.reload();
    await frameIn(page, "page").getByText("dark #2e8b57").waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      "rgb(15, 26, 20)",
    );
    await context.close();
  });
});

describe("the connection", () => {
  it("that is lost says so, and everything is up to date when it is back", async () => {
    const other = await ConsoleTest.start();
    const { page, context } = await other.visit();
    await page.goto("/o/default/settings/projects");
    await page.getByText("Live").waitFor();
    const { port } = new URL(other.server.url);
    await other.server.kill();
    await page.getByText("Connection lost. Trying again…").waitFor();
    const again = await startServer({
      dataDir: other.server.dataDir,
      environment: { PATCHBAY_PORT: port },
    });
    const api = other.api;
    await api.post("/api/orgs/default/projects", { slug: "later", name: "Made meanwhile" });
    await page.getByText("Live").waitFor({ timeout: 40_000 });
    await page.getByRole("link", { name: "Made meanwhile" }).waitFor();
    await context.close();
    await other.browser.close();
    await again.stop();
  });
});
