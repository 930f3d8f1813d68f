import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { weatherPlugin } from "../support/mcp-plugin.ts";
import { makePackage } from "../support/packages.ts";
import { ConsoleTest, type Visit } from "./support/console-test.ts";

const ORG = "/api/orgs/default";

let test: ConsoleTest;
let visit: Visit;

beforeAll(async () => {
  test = await ConsoleTest.start();
  const other = {
    id: "acme.other",
    code: `export default { tools: { forecast: { description: "Guesses.", run: () => "rain" } } };`,
    tools: ["forecast"],
  };
  for (const source of [weatherPlugin, other]) {
    expect((await test.api.upload(`${ORG}/uploads`, await makePackage(source))).status).toBe(201);
    expect((await test.api.post(`${ORG}/plugins`, { plugin: source.id })).status).toBe(201);
    expect((await test.api.post(`${ORG}/plugins/${source.id}/enable`)).status).toBe(200);
  }
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

it("shows where all tools are, and what to paste into each client", async () => {
  const { page } = visit;
  await page.goto("/o/default/connect");
  const code = page.getByRole("region", { name: "Claude Code" });
  await code.getByText(/^claude mcp add --transport http patchbay /).waitFor();
  for (const client of ["Claude", "ChatGPT", "Cursor", "VS Code", "Codex"]) {
    await page.getByRole("radio", { name: client, exact: true }).press("Space");
    await page.getByRole("region", { name: client, exact: true }).getByText(/\/mcp/).first().waitFor();
  }
  expect(await page.getByRole("link", { name: "Make an API key" }).getAttribute("href")).toContain(
    "/o/default/settings/api-keys",
  );
});

it("an administrator makes a toolset, gives tools of one name two, changes and deletes it", async () => {
  const { page } = visit;
  await page.goto("/o/default/connect");
  await page.getByRole("button", { name: "Make a toolset" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Short name").fill("office");
  await dialog.getByLabel("Title").fill("For the office");
  await dialog.getByLabel("What it is for").fill("Ask for the weather before you plan a day.");
  const groups = dialog.getByRole("group", { name: "Tools" });
  for (const plugin of ["acme.weather", "acme.other"])
    await groups
      .getByRole("group", { name: plugin })
      .getByRole("checkbox", { name: /forecast/i })
      .press("Space");
  await dialog.getByText("2 chosen").waitFor();
  await dialog.getByText("Another tool of this toolset has this name").first().waitFor();
  await groups
    .getByRole("group", { name: "acme.other" })
    .getByLabel(/^Name of/)
    .fill("guess");
  if (process.env.SHOT) await page.screenshot({ path: `${process.env.SHOT}-dialog.png`, fullPage: true });
  await dialog.getByRole("button", { name: "Make the toolset" }).click();
  const entry = page.getByRole("group", { name: "For the office" });
  await entry.getByText("2 tools · Shows its tools").waitFor();
  expect((await test.api.get(`${ORG}/toolsets/office`)).body.tools).toEqual([
    { plugin: "acme.weather", tool: "forecast" },
    { plugin: "acme.other", tool: "forecast", name: "guess" },
  ]);
  await page.getByLabel("Tools", { exact: true }).selectOption("For the office");
  await page.getByText(/patchbay-office '?http.*\/mcp\/office/).waitFor();
  if (process.env.SHOT) await page.screenshot({ path: `${process.env.SHOT}-page.png`, fullPage: true });
  await entry.getByRole("button", { name: "Change For the office" }).click();
  await page.getByRole("dialog").getByLabel("How it shows its tools").selectOption("search");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await entry.getByText("Shows a search for its tools").waitFor();
  await entry.getByRole("button", { name: "Delete For the office" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete the toolset" }).click();
  await page.getByText("There are no toolsets.").waitFor();
});
