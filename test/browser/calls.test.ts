import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { makePackage } from "../support/packages.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { ConsoleTest, faultsOfLooks, type Visit } from "./support/console-test.ts";
import { copiedOn, openTool, resultOn, runTool } from "./support/tool-panel.ts";

const ASKER = "acme.asker";
const ANSWERS = "acme.answers";
const IMAGE = { type: "string", contentEncoding: "base64", contentMediaType: "image/png" };
/** One red point. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

const object = (properties: object) => ({ type: "object", properties });
const ROWS = object({
  factor: { type: "integer", title: "Factor", default: 1 },
  key: { type: "string", format: "secret", title: "Key" },
});
const TOOLS = [
  { name: "rows", description: "Rain by the day.", input: ROWS },
  { name: "words", description: "Says it in Markdown.", input: object({}) },
  { name: "picture", description: "Draws.", input: object({}), output: object({ picture: IMAGE }) },
  { name: "fail", description: "Does not work.", input: object({}) },
];
const ANSWERING = `
const run = {
  rows: ({ factor }) => ["Mon", "Tue", "Wed"].map((day, n) => ({ day, rain: n * factor })),
  words: () => "# Weather\\n\\nIt is **wet**. <img src=x onerror=alert(1)>",
  picture: () => {
    const bytes = Uint8Array.from(atob("${PNG}"), (sign) => sign.charCodeAt(0));
    return { picture: new File([bytes], "dot.png", { type: "image/png" }) };
  },
  fail: () => { throw new Error("No weather."); },
};
const tools = ${JSON.stringify(TOOLS)};
export default { tools: Object.fromEntries(tools.map(({ name, ...tool }) => [name, { ...tool, run: run[name] }])) };`;
const ASKING = `export default { tools: { ask: { description: "Asks.", run: async (_input, { api }) => {
  await api.tools.invoke("${ANSWERS}/words");
  return await api.tools.invoke("${ANSWERS}/rows", { factor: 7 });
} } } };`;

let test: ConsoleTest;
let visit: Visit;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.upload(
    await makePackage({ id: ANSWERS, code: ANSWERING, manifest: { contributes: { tools: TOOLS } } }),
  );
  const permissions = { required: [{ name: "tools.invoke", ids: [`${ANSWERS}/*`], reason: "Asks." }] };
  await test.upload(
    await makePackage({ id: ASKER, code: ASKING, tools: ["ask"], manifest: { permissions } }),
  );
  await test.install({ plugin: ANSWERS }, { enable: true });
  await test.install({ plugin: ASKER, grants: ["tools.invoke"] }, { enable: true });
  await test.api.put("/api/orgs/default/policy", { callContent: [ANSWERS] });
  const call = async (plugin: string, tool: string) =>
    await test.api.post(`/api/orgs/default/tools/${plugin}/${tool}`, { input: {} });
  expect((await call(ASKER, "ask")).status).toBe(200);
  expect((await call(ANSWERS, "fail")).body.code).toBe("plugin_error");
  const logged = async () => (await test.api.get("/api/orgs/default/calls")).body.items.length;
  await vi.waitUntil(async () => (await logged()) === 4);
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

const open = (tool: string) => openTool(visit.page, ANSWERS, tool);
const run = () => runTool(visit.page);
const result = () => resultOn(visit.page);
const clipboard = () => copiedOn(visit.page);

describeInBrowser("the page of calls", () => {
  it("lists calls, and shows a chain as a tree with what went in and out", async () => {
    const { page } = visit;
    await page.goto("/o/default/plugins");
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Calls" }).click();
    await page.getByRole("button", { name: `${ANSWERS}/rows` }).click();
    const dialog = page.getByRole("dialog", { name: "Call" });
    await dialog.getByRole("heading", { name: "Chain" }).waitFor();
    const chain = dialog.getByRole("listitem").getByRole("button");
    expect(await chain.allTextContents()).toEqual([`${ASKER}/ask`, `${ANSWERS}/words`, `${ANSWERS}/rows`]);
    await dialog.getByText('"factor": 7').waitFor();
    await dialog.getByText(`${ASKER}/ask → ${ANSWERS}/rows`).waitFor();
    await page.waitForURL(/call=/);
    expect(await faultsOfLooks(page)).toEqual({});
    await chain.first().click();
    await dialog.getByText("Input and output are not kept").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: `${ANSWERS}/fail` }).waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
  });

  it("is narrowed by filters that stand in the address", async () => {
    const { page } = visit;
    await page.goto("/o/default/calls");
    await page.getByRole("button", { name: `${ASKER}/ask` }).waitFor();
    await page.getByRole("combobox", { name: "Ended" }).click();
    await page.getByRole("option", { name: "Failed" }).click();
    await page.waitForURL(/ended=failed/);
    await expect
      .poll(() => page.getByRole("button", { name: /^acme\./ }).allTextContents())
      .toEqual([`${ANSWERS}/fail`]);
    await page.reload();
    await page.getByRole("button", { name: `${ANSWERS}/fail` }).waitFor();
    await page.goto("/o/default/calls?ended=call_loop");
    await page.getByText("No call matches.").waitFor();
    await page.goto(`/o/default/plugins/${ANSWERS}/calls`);
    await expect.poll(() => page.getByRole("button", { name: /^acme\./ }).count()).toBe(3);
  });

  it("says that a call is gone where an address names one", async () => {
    const { page } = visit;
    await page.goto("/o/default/calls?call=none");
    await page.getByRole("dialog").getByRole("alert").waitFor();
    visit.faults.splice(0);
  });
});

describeInBrowser("what tools answer", () => {
  it("is drawn as a chart and a table where it is rows of numbers", async () => {
    const { page } = visit;
    await open("rows");
    await run();
    await result().getByRole("img", { name: "Chart of rain, 3 points" }).waitFor();
    expect(await result().getByRole("columnheader").allTextContents()).toEqual(["day", "rain"]);
    await result().getByText("Raw", { exact: true }).click();
    await result().getByText('"rain": 2').waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
  });

  it("is laid out where it is Markdown, without its HTML", async () => {
    await open("words");
    await run();
    await result().getByRole("heading", { name: "Weather" }).waitFor();
    await result().getByText("<img src=x onerror=alert(1)>", { exact: false }).waitFor();
    expect(await result().locator("img").count()).toBe(0);
  });

  it("is shown where it is a picture, and can be saved", async () => {
    await open("picture");
    await run();
    const picture = result().getByRole("img", { name: "dot.png" });
    await picture.waitFor();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    await result().getByRole("button", { name: "Save dot.png" }).waitFor();
    expect(await faultsOfLooks(visit.page)).toEqual({});
  });
});

describeInBrowser("what somebody has called", () => {
  it("can be called again and is found in the log, without secrets", async () => {
    const { page } = visit;
    await open("rows");
    await page.getByRole("textbox", { name: "Factor" }).fill("3");
    await page.getByLabel("Key").fill("hunter2");
    await run();
    await page.getByText(/^Done in/).waitFor();
    await page.reload();
    const last = page.getByRole("combobox", { name: "Last inputs" });
    await last.selectOption({ label: '{"factor":3}' });
    await expect.poll(() => page.getByRole("textbox", { name: "Factor" }).inputValue()).toBe("3");
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("hunter2");
    await page.getByRole("button", { name: "Earlier runs" }).click();
    await page
      .getByRole("button", { name: `${ANSWERS}/rows` })
      .first()
      .click();
    const dialog = page.getByRole("dialog", { name: "Call" });
    await dialog.getByText('"key": "[secret]"').waitFor();
  });

  it("is opened by others from a link, which runs nothing and holds no secrets", async () => {
    const { page } = visit;
    await open("rows");
    await page.getByRole("textbox", { name: "Factor" }).fill("5");
    await page.getByLabel("Key").fill("hunter2");
    await page.getByRole("button", { name: "Copy a link with this input" }).click();
    const link = await clipboard();
    const url = new URL(link);
    expect(url.search).not.toContain("factor");
    expect(Buffer.from(url.hash.slice("#input=".length), "base64url").toString()).toBe('{"factor":5}');
    const calls: string[] = [];
    page.on("request", (request) => calls.push(`${request.method()} ${request.url()}`));
    await page.goto("/o/default/plugins");
    await page.goto(link);
    await page.getByText("Nothing has run", { exact: false }).waitFor();
    expect(await page.getByRole("textbox", { name: "Factor" }).inputValue()).toBe("5");
    expect(calls.filter((one) => one.startsWith("POST"))).toEqual([]);
    expect(calls.join("\n")).not.toContain(url.hash.slice(1));
    expect(await faultsOfLooks(page)).toEqual({});
  });
});
