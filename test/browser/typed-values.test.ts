import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { describeInBrowser } from "./support/chromium.ts";
import { ConsoleTest, type Visit } from "./support/console-test.ts";
import { TYPED, typed } from "./support/typed-plugin.ts";

const SETTINGS = `/api/orgs/default/plugins/${TYPED}/settings`;
const MEBIBYTE = 1_048_576;
/** Much longer than it takes, much shorter than the page once stood still. */
const PROMPTLY_MS = 5_000;

let test: ConsoleTest;
let visit: Visit;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.upload(await typed());
  await test.install({ plugin: TYPED }, { enable: true });
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  await test.api.delete(SETTINGS);
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

const field = (name: string): Locator => visit.page.getByRole("main").getByLabel(name, { exact: true });
const button = (name: string): Locator =>
  visit.page.getByRole("main").getByRole("button", { name, exact: true });
const openSettings = async () => {
  await visit.page.goto(`/o/default/plugins/${TYPED}/settings`);
  await field("Share").waitFor();
};
const openTool = async () => {
  await visit.page.goto(`/o/default/tools?tool=${encodeURIComponent(`${TYPED}/echo`)}`);
  await field("Share").waitFor();
};
const type = async (name: string, text: string) => {
  await field(name).fill("");
  await field(name).pressSequentially(text);
};
const paste = async (name: string, text: string) => {
  await visit.page.evaluate((words) => navigator.clipboard.writeText(words), text);
  await field(name).fill("");
  await field(name).press("Control+v");
};
const stored = async () => (await test.api.get(SETTINGS)).body.values as Record<string, unknown>;
const saved = async () => {
  const taken = visit.page.waitForResponse(
    (answer) => answer.request().method() === "PUT" && answer.url().includes("/settings"),
  );
  await button("Save").click();
  expect((await taken).status()).toBe(200);
  return await stored();
};
const echoed = async () => {
  const answered = visit.page.waitForResponse((answer) => answer.url().endsWith(`/tools/${TYPED}/echo`));
  await button("Run").click();
  return JSON.parse((await answered).request().postData() ?? "{}").input as Record<string, unknown>;
};

describeInBrowser("what people type", () => {
  it.each([
    ["2.5", 2.5],
    ["0.05", 0.05],
    ["12.75", 12.75],
    ["-.5", -0.5],
    ["1e-7", 1e-7],
    ["007", 7],
    ["1,5", 1.5],
    ["-3", -3],
  ])("is kept as a number: %s", async (text, value) => {
    await openSettings();
    await type("Share", text);
    await type("Inner share", text);
    await type("Rate", text);
    await visit.page
      .getByRole("group", { name: "Weights" })
      .getByRole("button", { name: "Add an item" })
      .click();
    await type("Item 1", text);
    expect(await field("Share").inputValue()).toBe(text);
    expect(await saved()).toMatchObject({
      number: value,
      withDefault: value,
      numbers: [value],
      inner: { number: value },
    });
    await openTool();
    for (const name of ["Share", "Inner share", "Limit"]) await type(name, text);
    await paste("Rate", text);
    const given = { number: value, nullable: value, withDefault: value, inner: { number: value } };
    expect(await echoed()).toMatchObject(given);
  });

  it("is a number with a comma in German", async () => {
    await visit.context.close();
    visit = await test.visit({ locale: "de-DE" });
    await openSettings();
    await type("Share", "1,5");
    await paste("Rate", "0,25");
    await button("Speichern").click();
    await expect.poll(stored).toMatchObject({ number: 1.5, withDefault: 0.25 });
    await visit.page.reload();
    await expect.poll(() => field("Share").inputValue()).toBe("1,5");
    await type("Share", "1.500");
    await visit.page.getByText("Das kann zweierlei bedeuten. Schreiben Sie 1500 oder 1,500.").waitFor();
  });

  it.each([
    ["Share", "abc", "This is not a number"],
    ["Share", "1,500", "Write 1500 or 1.500."],
    ["Count", "9007199254740993", "It would become 9007199254740992."],
    ["Count", "2.5", "Only whole numbers"],
    ["Inner share", "0.12345678901234567890", "more digits than can be kept"],
  ])(
    "stays in sight when it is no number (%s: %s), with what is wrong, and is not sent",
    async (name, text, words) => {
      await openSettings();
      await type(name, text);
      await visit.page.getByText(words).waitFor();
      await button("Save").click();
      expect(await field(name).inputValue()).toBe(text);
      expect(await field(name).getAttribute("aria-invalid")).toBe("true");
      expect((await stored()).number).toBeUndefined();
      await openTool();
      await type(name, text);
      await visit.page.getByText(words).waitFor();
      await visit.page.getByText("JSON", { exact: true }).click();
      await visit.page.getByText("Form", { exact: true }).click();
      expect(await field(name).inputValue()).toBe(text);
      await button("Run").click();
      await visit.page.getByText("Run the tool to see its answer here.").waitFor();
    },
  );

  it("as JSON is refused where numbers would lose digits", async () => {
    await openTool();
    await type("Free", "9007199254740993");
    await visit.page.getByText("The number 9007199254740993 has more digits").waitFor();
    await type("Free", '[2.5, "9007199254740993"]');
    await type("Needed *", "x");
    expect((await echoed()).free).toEqual([2.5, "9007199254740993"]);
  });

  it("may be nothing: an emptied text is the empty text, and a button brings the default back", async () => {
    await openSettings();
    for (const name of ["Server", "Letter", "Inner word"]) await field(name).fill("");
    await visit.page
      .getByRole("group", { name: "Words" })
      .getByRole("button", { name: "Add an item" })
      .click();
    await field("Item 1").fill("");
    expect(await saved()).toMatchObject({
      textWithDefault: "",
      long: "",
      texts: [""],
      inner: { text: "" },
    });
    await visit.page.getByRole("button", { name: "Use the default" }).first().click();
    expect((await saved()).textWithDefault).toBe("https://meet.example.org");

    await openTool();
    await field("Server").fill("");
    await type("Needed *", "x");
    await field("Needed *").fill("");
    await type("Word", "x");
    await field("Word").fill("");
    const given = await echoed();
    expect(given).toMatchObject({ textWithDefault: "", needed: "" });
    expect(given).not.toHaveProperty("text");
    await button("Use the default of Server").click();
    expect(await echoed()).toMatchObject({ textWithDefault: "https://meet.example.org" });
  });

  it("has fields for days and times, which show what they cannot pick as text", async () => {
    await openSettings();
    await field("Day").fill("2026-03-01");
    await field("Hour").fill("12:30");
    await field("Moment").fill("2026-03-01T12:00");
    expect(await saved()).toMatchObject({ date: "2026-03-01", time: "12:30", moment: "2026-03-01T12:00" });
    await test.api.put(SETTINGS, { time: "12:30:00+01:00", moment: "2026-03-01 12:00" });
    await visit.page.reload();
    await expect.poll(() => field("Hour").inputValue()).toBe("12:30:00+01:00");
    expect(await field("Hour").getAttribute("type")).toBe("text");
    expect(await field("Moment").inputValue()).toBe("2026-03-01T12:00");
  });

  it("may be a file of 12 MiB in base64, without the page standing still", async () => {
    await openTool();
    await type("Needed *", "x");
    const content = "QUJD".repeat((12 * MEBIBYTE) / 3);
    const started = Date.now();
    await field("Content").evaluate((input: HTMLInputElement, text) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, text);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }, content);
    await visit.page.getByText("16,777,216 characters, beginning with QUJDQUJD").waitFor();
    await visit.page.getByText("JSON", { exact: true }).click();
    await visit.page.getByText("characters, beginning with {").waitFor();
    await visit.page.getByText("Form", { exact: true }).click();
    await button("Run").click();
    await button("Run").waitFor();
    await visit.page.getByRole("region", { name: "Result" }).waitFor();
    await field("Word").pressSequentially("quick");
    expect(Date.now() - started).toBeLessThan(PROMPTLY_MS + 10_000);
    const clicked = Date.now();
    await visit.page.getByRole("button", { name: "Clear" }).click();
    await field("Content").waitFor();
    expect(Date.now() - clicked).toBeLessThan(PROMPTLY_MS);
    await paste("Content", content);
    await visit.page.getByText("16,777,216 characters").waitFor();
  });
});
