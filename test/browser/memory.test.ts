import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConsoleTest, faultsOfLooks, setLook, sidewaysPixels, type Visit } from "./support/console-test.ts";
import { DIARY, installDiary, remember } from "./support/diary-plugin.ts";

const TAB = `/o/default/plugins/${DIARY}/memory`;
const ORG = "/api/orgs/default";
const KITTEN = "The kitten was adopted from the shelter.";
const LONG = `What the landlord said: ${"the rent rises again. ".repeat(60)}`;
const HOSTILE = `<img src=x onerror="document.title='owned'"> \u202edesrever # **bold** ${"z\u0300".repeat(3)}${"\u0335".repeat(60)}`;

let test: ConsoleTest;
let visit: Visit;
let kitten: string;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await installDiary(test);
  const [, , , added] = await remember(
    test,
    ["createNamespace", "notes"],
    ["createNamespace", "many"],
    ["createNamespace", "empty"],
    [
      "add",
      "notes",
      {
        text: KITTEN,
        metadata: { of: "ada" },
        citation: { message: "message-7", quote: "we adopted a kitten" },
      },
    ],
    ["add", "notes", { text: LONG, expiresAt: "2099-01-31T12:00:00Z" }],
    ["add", "notes", { text: HOSTILE, metadata: { [HOSTILE.slice(0, 20)]: HOSTILE } }],
    ["add", "notes", { text: "Jonas plays the cello." }],
    ...Array.from({ length: 60 }, (_, n) => ["add", "many", { text: `Entry number ${n + 1}` }] as const),
  );
  kitten = added?.id ?? "";
});
afterAll(async () => await test?.close());
beforeEach(async () => {
  visit = await test.visit();
});
afterEach(async () => {
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

/** What tells a page that somebody comes back to it, as switching tabs does. */
const comeBack = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));

const memoryIn = (page: Page, name: string) => page.getByRole("group", { name });

describe("what a plugin keeps in mind", () => {
  it("is looked through by namespace, a page after the other, at an address that lasts", async () => {
    const { page } = visit;
    await page.goto(`/o/default/plugins/${DIARY}/overview`);
    await page.getByRole("tab", { name: "Memory" }).click();
    // Namespaces by name: this is the first.
    await page.waitForURL(/namespace=empty/);
    await page.getByText("There are no memories in this namespace.").waitFor();
    await page.getByLabel("Namespace", { exact: true }).selectOption("many (60 memories)");
    await memoryIn(page, "Entry number 50").waitFor();
    expect(await memoryIn(page, "Entry number 51").count()).toBe(0);
    await page.getByRole("button", { name: "Show more" }).click();
    await memoryIn(page, "Entry number 60").waitFor();
    await page.getByLabel("Namespace", { exact: true }).selectOption("notes (4 memories)");
    await page.waitForURL(/namespace=notes/);
    await memoryIn(page, KITTEN).getByText("from 1 message").waitFor();
    await page.reload();
    await memoryIn(page, KITTEN).waitFor();
    const landlord = memoryIn(page, "What the landlord said");
    expect((await landlord.textContent())?.length).toBeLessThan(800);
    await landlord.getByRole("button", { name: "Show all of it" }).click();
    await landlord.getByRole("button", { name: "Show less" }).waitFor();
    expect((await landlord.textContent())?.length).toBeGreaterThan(LONG.length);
    await landlord.getByText(/expires .*2099/).waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
  });

  it("is plain text, whatever was written", async () => {
    const { page } = visit;
    await page.goto(`${TAB}?namespace=notes`);
    const hostile = memoryIn(page, "<img src=x");
    await hostile.getByText("**bold**").waitFor();
    expect(await hostile.locator("img").count()).toBe(0);
    await hostile.getByRole("link", { name: "Open" }).click();
    await page.getByRole("heading", { name: "Memory" }).waitFor();
    await page.getByRole("main").getByText("**bold**").first().waitFor();
    expect(await page.getByRole("main").locator("img[src=x]").count()).toBe(0);
    expect(await page.title()).not.toContain("owned");
    expect(await faultsOfLooks(page)).toEqual({});
    // A small phone, and a window of 640 pixels at twice the size.
    await setLook(page, { scheme: "light", width: 320 });
    expect(await sidewaysPixels(page)).toBe(0);
  });

  it("is searched by words, and by meaning as soon as a model compares meanings", async () => {
    const { page } = visit;
    await page.goto(`${TAB}?namespace=notes`);
    const search = page.getByRole("searchbox", { name: "Search by words and meaning" });
    await search.fill("kitten");
    await memoryIn(page, KITTEN).getByText("Has all words of your search.").waitFor();
    await page.getByText("Searched by words alone").waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
    await search.fill("Which pets do they have?");
    await page.waitForURL(/q=Which/);
    await page.getByText("No memory was found.").waitFor();
    await test.api.post(`${ORG}/plugins/patchbay.word-vectors/enable`);
    // A model that could not be asked is left in peace for a while.
    const path = `${ORG}/memory/${DIARY}/notes/search?q=pets`;
    await expect.poll(async () => (await test.api.get(path)).body.meaning).toBe("complete");
    await page.getByRole("button", { name: "Search again" }).click();
    await memoryIn(page, KITTEN)
      .getByText(/^The nearest in meaning/)
      .waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
    await page.reload();
    await memoryIn(page, KITTEN)
      .getByText(/^The nearest in meaning/)
      .waitFor();
  });

  it("is opened and left by keyboard alone", async () => {
    const { page } = visit;
    await page.goto(`${TAB}?namespace=notes`);
    const open = page.getByRole("link", { name: `Open “${KITTEN}”` });
    await open.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`memory=${kitten}`));
    const heading = page.getByRole("heading", { name: "Memory", exact: true });
    await expect.poll(() => heading.evaluate((one) => one === document.activeElement)).toBe(true);
    await page.getByText("we adopted a kitten").waitFor();
    await page.getByText("Message message-7").waitFor();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => open.evaluate((one) => one === document.activeElement)).toBe(true);
  });

  it("is corrected, with what is wrong at its field, and says who did that; another tab sees it", async () => {
    const { page, context } = visit;
    const other = await context.newPage();
    await other.goto(`${TAB}?namespace=notes`);
    await memoryIn(other, KITTEN).waitFor();
    await page.goto(`${TAB}?namespace=notes&memory=${kitten}`);
    await page.getByRole("button", { name: "Correct" }).click();
    const dialog = page.getByRole("dialog", { name: "Correct the memory" });
    const save = dialog.getByRole("button", { name: "Save" });
    await expect.poll(() => save.isDisabled()).toBe(true);
    await dialog.getByLabel("Text").fill("Jonas plays the cello.");
    await save.click();
    await dialog.getByText("Another memory of this namespace says the same.").waitFor();
    await dialog.getByLabel("Metadata").fill("[]");
    await dialog.getByText("This must be a JSON object").waitFor();
    await dialog.getByLabel("Expires").fill("2020-01-01T00:00:00");
    await dialog.getByText("This time is over.").waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
    await dialog.getByLabel("Text").fill("The kitten is called\u202e Mia.");
    await dialog.getByLabel("Metadata").fill('{"of": "max"}');
    await dialog.getByLabel("Expires").fill("2090-06-30T10:00:00");
    await save.click();
    await dialog.getByText("It has characters that change the direction of writing.").waitFor();
    await dialog.getByLabel("Text").fill("The kitten is called Mia.");
    await save.click();
    await page.getByText("The memory is corrected.").waitFor();
    await page.getByText("The kitten is called Mia.").first().waitFor();
    const history = page.getByRole("region", { name: "History" });
    const [newest, oldest] = [history.getByRole("listitem").first(), history.getByRole("listitem").last()];
    await newest.getByText("Changed", { exact: true }).waitFor();
    for (const said of [KITTEN, "The kitten is called Mia.", /"max"/, /2090/])
      await newest.getByText(said).waitFor();
    await oldest.getByText(`the plugin ${DIARY}`).waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
    await comeBack(other);
    await memoryIn(other, "The kitten is called Mia.").waitFor();
  });

  it("is not overwritten where the plugin changes it while somebody corrects it", async () => {
    const { page } = visit;
    await page.goto(`${TAB}?namespace=notes&memory=${kitten}`);
    await page.getByRole("button", { name: "Correct" }).click();
    const dialog = page.getByRole("dialog", { name: "Correct the memory" });
    await dialog.getByLabel("Text").fill("The kitten is called Max.");
    await remember(test, ["update", "notes", kitten, { text: "The kitten is called Leo.", metadata: {} }]);
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("Taken over from them: Metadata.").waitFor();
    await dialog.getByRole("button", { name: "Keep yours" }).click();
    expect(await dialog.getByLabel("Metadata").inputValue()).toBe("{}");
    await dialog.getByLabel("Text").fill("The kitten is called Mia.");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("The memory is corrected.").waitFor();
  });

  it("is deleted, a memory or a whole namespace, and tabs that showed it say so", async () => {
    const { page, context } = visit;
    const other = await context.newPage();
    await other.goto(`${TAB}?namespace=notes&memory=${kitten}`);
    await other.getByRole("button", { name: "Correct" }).waitFor();
    await page.goto(`${TAB}?namespace=notes&memory=${kitten}`);
    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The kitten is called Mia.").waitFor();
    await dialog.getByRole("button", { name: "Delete the memory" }).click();
    await page.getByText("The memory is deleted.").waitFor();
    await memoryIn(page, "Jonas plays the cello.").waitFor();
    expect(await memoryIn(page, "The kitten is called Mia.").count()).toBe(0);
    await comeBack(other);
    await other.getByText("This memory is not there any more").waitFor();
    // Another one comes in between, which is counted.
    await remember(test, ["add", "notes", { text: "The dog is called Bo." }]);
    await page.getByRole("button", { name: "Delete the namespace" }).click();
    await page
      .getByRole("dialog", { name: "Delete the namespace “notes”" })
      .getByText("4 memories")
      .waitFor();
    expect(await faultsOfLooks(page)).toEqual({});
    await page.getByRole("dialog").getByRole("button", { name: "Delete the namespace" }).click();
    await page.waitForURL(/namespace=empty/);
    await page.getByRole("button", { name: "Delete the namespace" }).click();
    await page.getByRole("dialog").getByText("It has no memories.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Delete the namespace" }).click();
    await page.waitForURL(/namespace=many/);
    await memoryIn(page, "Entry number 50").waitFor();
    await page.goto(`${TAB}?namespace=notes`);
    await page.getByText("The plugin has no namespace “notes”").waitFor();
    const { body } = await test.api.get(`${ORG}/memory`);
    expect(body.items).toMatchObject([{ namespace: "many" }]);
  });

  it("is nobody's who may not configure the plugin, and says so in German", async () => {
    const member = await test.addPerson("member");
    const { page, context, faults } = await test.visit({ ...member, locale: "de-DE", width: 360 });
    await page.goto(`/o/default/plugins/${DIARY}/overview`);
    await page.getByRole("tab", { name: "Übersicht" }).waitFor();
    await page.getByRole("heading", { name: "Diary" }).waitFor();
    expect(await page.getByRole("tab", { name: "Erinnerungen" }).count()).toBe(0);
    await page.goto(`${TAB}?namespace=many`);
    await page.getByText("Nur wer das Plugin konfigurieren darf").waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it("is still there for those who look after the plugin when its permissions are withdrawn", async () => {
    const { page } = visit;
    expect((await test.api.put(`${ORG}/plugins/${DIARY}/grants`, { grants: [] })).status).toBe(200);
    await page.goto(`/o/default/plugins/${DIARY}/overview`);
    await page.getByRole("tab", { name: "Memory" }).click();
    await memoryIn(page, "Entry number 50").waitFor();
    await page.getByRole("tab", { name: "Logs" }).click();
    await page.waitForURL(/\/logs$/);
  });
});
