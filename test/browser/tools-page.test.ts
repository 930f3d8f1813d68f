import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { brokenRules, ConsoleTest, sidewaysPixels, type Visit } from "./support/console-test.ts";
import { LIVELY, lively } from "./support/lively-plugin.ts";
import { copiedOn, openTool, resultOn, runTool } from "./support/tool-panel.ts";

let test: ConsoleTest;
let visit: Visit;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.api.post("/api/orgs/default/projects", { slug: "kitchen", name: "Kitchen" });
  await test.upload(await lively());
  await test.install({ plugin: LIVELY, grants: ["storage.scoped"] }, { enable: true });
  const enabled = await test.api.post("/api/orgs/default/plugins/patchbay.documents/enable");
  expect(enabled.status, JSON.stringify(enabled.body)).toBe(200);
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

const open = (tool: string) => openTool(visit.page, LIVELY, tool);
const run = () => runTool(visit.page);
const result = () => resultOn(visit.page);
const clipboard = () => copiedOn(visit.page);

describe("the tools page", () => {
  it("lists everything callable by plugin, finds it by words, and keeps the chosen tool in the address", async () => {
    const { page } = visit;
    await page.goto("/o/default/plugins");
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Tools" }).click();
    const list = page.getByRole("navigation", { name: "Tools" });
    await list.getByRole("heading", { name: "Documents" }).waitFor();
    await list.getByLabel("Search tools").fill("greets");
    await expect.poll(() => list.getByRole("button").allTextContents()).toEqual(["Greet"]);
    await list.getByLabel("Search tools").fill("");
    await list.getByRole("button", { name: "Count", exact: true }).click();
    await page.waitForURL(/tool=acme\.lively%2Fcount/);
    await page.reload();
    await page.getByRole("heading", { name: "Count" }).waitFor();
  });

  it("calls a real tool of a built-in plugin", async () => {
    const { page } = visit;
    await page.goto("/o/default/tools");
    const list = page.getByRole("navigation", { name: "Tools" });
    await list.getByRole("button", { name: "Convert a document" }).click();
    await page.getByRole("heading", { name: "Convert a document" }).waitFor();
    await page.getByText("JSON", { exact: true }).click();
    const content = Buffer.from("tea,cups\ngreen,2\n").toString("base64");
    await page.getByRole("textbox", { name: "JSON" }).fill(JSON.stringify({ content, filename: "tea.csv" }));
    await run();
    await result().getByText("green").first().waitFor();
  });
});

describe("trying a tool", () => {
  it("sends what the form from its schema holds, for a project, and shows the answer laid out and raw", async () => {
    const { page } = visit;
    await open("greet");
    await page.getByLabel("Name").fill("Ada");
    await page.getByRole("textbox", { name: "Times" }).fill("2");
    await page.getByRole("combobox", { name: "Project" }).selectOption("kitchen");
    await run();
    await result().getByText("Hello Ada, Hello Ada").waitFor();
    await result()
      .getByText(/^Done in [\d.]+ m?s$/)
      .waitFor();
    await result().getByText("Raw", { exact: true }).click();
    const raw = JSON.parse((await result().locator("pre").textContent()) ?? "");
    expect(raw).toEqual({ greeting: "Hello Ada, Hello Ada", project: "kitchen" });
    await result().getByRole("button", { name: "Copy the result" }).click();
    expect(JSON.parse(await clipboard())).toEqual(raw);
  });

  it("shows what is wrong, at the field and by its name", async () => {
    await open("greet");
    await visit.page.getByLabel("Name").fill("A");
    await run();
    const alert = result().getByRole("alert");
    await alert.getByText("The tool does not accept some of what you entered.").waitFor();
    await alert.getByRole("listitem").getByText("Name: ").waitFor();
    await expect.poll(() => visit.page.getByLabel("Name").getAttribute("aria-invalid")).toBe("true");
  });

  it("takes JSON where there is no schema, and says when it is none", async () => {
    const { page } = visit;
    await open("talk");
    const json = page.getByRole("textbox", { name: "JSON" });
    await json.fill("{");
    await page.getByText("This is not valid JSON.").waitFor();
    expect(await page.getByRole("button", { name: "Run", exact: true }).isDisabled()).toBe(true);
    await json.fill('{"lines": 2}');
    await run();
    await result().getByText("lines").waitFor();
  });

  it("shows values of a stream as they come, and cancels it in the plugin", async () => {
    const { page } = visit;
    await open("count");
    await page.getByRole("textbox", { name: "To" }).fill("100000");
    await page.getByRole("textbox", { name: "Pause in ms" }).fill("20");
    await run();
    await result()
      .getByText(/Running · \d+ values/)
      .waitFor();
    await result().getByRole("cell", { name: "16", exact: true }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await result()
      .getByText(/^Cancelled after/)
      .waitFor();
    await expect
      .poll(async () => JSON.stringify((await test.api.get(`/api/orgs/default/plugins/${LIVELY}/logs`)).body))
      .toContain("Counting was cancelled.");
  });

  it("says what the tool threw in its own words, and leads to the log", async () => {
    const { page } = visit;
    await open("fail");
    await run();
    const alert = result().getByRole("alert");
    await alert.getByText("The kettle is empty.").waitFor();
    await alert.getByText("The plugin reports an error.").waitFor();
    await result().getByRole("link", { name: "Look into the log" }).click();
    await page.getByRole("region", { name: "Log lines" }).getByText("The kettle is empty.").first().waitFor();
  });

  it("copies the call as curl and as TypeScript", async () => {
    const { page } = visit;
    await open("greet");
    await page.getByLabel("Name").fill("O'Hara");
    await page.getByRole("button", { name: "Copy as curl" }).click();
    expect(await clipboard()).toContain(`${test.server.url}/api/orgs/default/tools/acme.lively/greet`);
    expect(await clipboard()).toContain("Authorization: Bearer $PATCHBAY_API_KEY");
    await page.getByRole("button", { name: "Copy as TypeScript" }).click();
    expect(await clipboard()).toContain('client.tools.call("acme.lively", "greet"');
  });

  it("is not offered to those who may not", async () => {
    const { page, context } = await test.visit(await test.addPerson("viewer"));
    await page.goto(`/o/default/tools?tool=${LIVELY}%2Fgreet`);
    await page.getByText("You may not call tools.").waitFor();
    expect(await page.getByRole("button", { name: "Run", exact: true }).isDisabled()).toBe(true);
    await context.close();
  });
});

describe("without tools", () => {
  it("the page says what to do", async () => {
    const { page } = visit;
    await page.route("**/api/orgs/default/tools", (route) => route.fulfill({ json: { items: [] } }));
    await page.goto("/o/default/tools");
    await page.getByRole("link", { name: "Go to Plugins" }).waitFor();
  });

  it("and when they cannot be read, why, with a way to try again", async () => {
    const { page } = visit;
    const problem = { code: "forbidden", status: 403, detail: "Not for you.", title: "Forbidden" };
    await page.route("**/api/orgs/default/tools", (route) =>
      route.fulfill({ status: 403, contentType: "application/problem+json", json: problem }),
    );
    await page.goto("/o/default/tools");
    await page.getByText("You may not do this").waitFor();
    // The page reads everything once more when it becomes live, and would need no button then.
    await page.getByRole("status").getByText("Live", { exact: true }).waitFor();
    expect(await page.getByText("Not for you.").count()).toBe(0);
    await page.unroute("**/api/orgs/default/tools");
    await page.getByRole("button", { name: "Retry" }).click();
    await page.getByRole("navigation", { name: "Tools" }).waitFor();
  });
});

describe.each([
  ["light", 1280],
  ["dark", 1280],
  ["light", 390],
  ["dark", 390],
] as const)("the tools page, %s at %i pixels", (scheme, width) => {
  it("breaks no serious rule of axe and cannot be moved sideways", async () => {
    const { page, context } = await test.visit({ scheme, width });
    await page.goto("/o/default/tools");
    await page.getByRole("navigation", { name: "Tools" }).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    await page.getByRole("button", { name: "Count", exact: true }).click();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText(/^Done in/).waitFor();
    expect(await brokenRules(page)).toEqual([]);
    expect(await sidewaysPixels(page)).toBeLessThanOrEqual(0);
    await context.close();
  });
});

describe("by keyboard only", () => {
  it("a tool is called", async () => {
    const { page } = visit;
    await open("greet");
    await page.getByLabel("Name").focus();
    await page.keyboard.type("Grace");
    await page.keyboard.press("Enter");
    await result().getByText("Hello Grace").waitFor();
  });
});
