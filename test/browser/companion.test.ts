import type { BrowserContext, Frame } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { signedUp } from "../support/people.ts";
import { ChatUpstream } from "./support/chat-upstream.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { answered, askUpstream, COMPANION, openChat, send } from "./support/companion-chat.ts";
import { FrameTest, type ShownPage } from "./support/frame-test.ts";
import { picture } from "./support/picture.ts";

/** A picture of one point. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

let test: FrameTest;
let upstream: ChatUpstream;
let page: ShownPage;
let context: BrowserContext;

beforeAll(async () => {
  test = await FrameTest.start({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  upstream = new ChatUpstream();
});
afterAll(async () => {
  upstream?.stop();
  await test?.close();
});
beforeEach(async () => {
  ({ page, context } = await test.openPage());
});
afterEach(async () => await context.close());

describeInBrowser("patchbay.companion", () => {
  it("says how to come by a model where there is none, and what Echo is", async () => {
    await test.enableBuiltin(COMPANION);
    const frame = await openChat(page);
    await frame.getByText("There is no chat model here yet.").waitFor();
    expect(await frame.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
    await test.enableBuiltin("patchbay.echo");
    const again = await openChatAnew();
    await again.getByText("is no language model: it repeats what it is told").waitFor();
    await again.getByText("an administrator enables patchbay.openai").waitFor();
    await send(again, "Hello, echo");
    await answered(again, "Hello, echo");
    await picture(page.page, "companion-echo");
  });

  it("asks the model that is chosen, shows its Markdown, and keeps all of it", async () => {
    await askUpstream(test, upstream);
    const frame = await openChat(page);
    await frame.getByLabel("Model").selectOption({ label: "openai/small" });
    await send(frame, "Write code");
    await answered(frame, "loop");
    await frame.locator("strong", { hasText: "loop" }).waitFor();
    await frame.locator("pre .hljs-keyword", { hasText: "for" }).waitFor();
    await picture(page.page, "companion-code");
    const listed = frame.getByRole("navigation").getByRole("button", { name: "Write code", exact: true });
    await listed.waitFor();
    const again = await openChatAnew();
    await again.getByRole("navigation").getByRole("button", { name: "Write code", exact: true }).click();
    await again.locator("strong", { hasText: "loop" }).waitFor();
  });

  it("stops, asks again and branches, and each conversation goes its own way", async () => {
    const frame = await openChat(page);
    await frame.getByLabel("Model").selectOption({ label: "openai/small" });
    await send(frame, "Talk forever");
    await frame.locator("article:not(.own)", { hasText: "forever" }).waitFor();
    await frame.getByRole("button", { name: "Stop" }).click();
    await answered(frame, "forever");
    await expect.poll(() => upstream.left).toBe(1);
    await send(frame, "And now shortly");
    await answered(frame, "And now shortly");
    expect(upstream.asked.at(-1)?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    const before = upstream.asked.length;
    await frame.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => upstream.asked.length).toBe(before + 1);
    await answered(frame, "And now shortly");
    expect(await frame.locator("article").count()).toBe(4);
    await frame.getByRole("button", { name: "Branch from here" }).first().click();
    await expect.poll(() => frame.locator("article").count()).toBe(1);
    await send(frame, "Another way");
    await answered(frame, "Another way");
    expect(await frame.locator("article").count()).toBe(3);
    const entry = (name: string) => frame.getByRole("navigation").getByRole("button", { name, exact: true });
    await entry("Talk forever (2)").waitFor();
    await entry("Talk forever").click();
    await expect.poll(() => frame.locator("article").count()).toBe(4);
  });

  it("follows what is written, and leaves the page where it is for those who read further up", async () => {
    const frame = await openChat(page);
    await frame.getByLabel("Model").selectOption({ label: "openai/small" });
    await send(frame, Array.from({ length: 80 }, (_, line) => `Line ${line}\n\n`).join(""));
    await answered(frame, "Line 79");
    const log = frame.getByRole("log");
    const fromEnd = () =>
      log.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
    await expect.poll(fromEnd).toBeLessThan(2);
    await picture(page.page, "companion-long");
    await send(frame, "Talk forever");
    await frame.locator("article:not(.own)", { hasText: "Talk forever" }).last().waitFor();
    await log.evaluate((element) => element.scrollTo(0, 0));
    const written = frame.locator("article:not(.own)").last();
    const outside = () => page.page.evaluate(() => document.documentElement.scrollTop);
    const [before, place] = [await written.textContent(), await outside()];
    upstream.goOn(" and on");
    await expect.poll(() => written.textContent()).not.toBe(before);
    expect([await log.evaluate((element) => element.scrollTop), await outside()]).toEqual([0, place]);
    await frame.getByRole("button", { name: "Stop" }).click();
    await answered(frame, "forever");
  });

  it("shows pictures that were sent", async () => {
    const frame = await openChat(page);
    await frame.getByLabel("Model").selectOption({ label: "openai/small" });
    const buffer = Buffer.from(PIXEL, "base64");
    await frame.locator("input[type=file]").setInputFiles({ name: "a.png", mimeType: "image/png", buffer });
    await send(frame, "What is this?");
    await answered(frame, "What is this?");
    const shown = frame.getByRole("img", { name: "Picture" });
    expect(await shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
  });

  it("finds conversations by their words, renames and deletes them", async () => {
    const frame = await openChat(page);
    await frame.getByLabel("Search conversations").fill("shortly");
    const entry = frame.getByRole("navigation").getByRole("listitem");
    await expect.poll(() => entry.count()).toBe(1);
    await frame.getByRole("button", { name: "Rename: Talk forever" }).click();
    await frame.getByLabel("Name").fill("On brevity");
    await frame.getByRole("button", { name: "Save" }).click();
    await frame.getByRole("button", { name: "On brevity", exact: true }).waitFor();
    await frame.getByLabel("Search conversations").fill("");
    await frame.getByRole("button", { name: "Delete: On brevity" }).click();
    await frame.getByRole("button", { name: "Delete", exact: true }).click();
    await frame.getByRole("button", { name: "On brevity", exact: true }).waitFor({ state: "detached" });
    await frame.getByLabel("Search conversations").fill("no such words anywhere");
    await frame.getByText("Nothing has these words.").waitFor();
  });

  it("tells the model who it is, sends files along, and says what it was refused", async () => {
    const frame = await openChat(page);
    await frame.getByRole("button", { name: "Edit personas" }).click();
    await frame.getByRole("button", { name: "Add a persona" }).click();
    const clerk = frame.getByRole("group", { name: "Untitled" });
    await clerk.getByLabel("Tone").fill("dry");
    await clerk.getByLabel("Instructions").fill("Count twice.");
    await clerk.getByLabel("Name").fill("Clerk");
    await picture(page.page, "companion-personas");
    await frame.getByRole("button", { name: "Save" }).click();
    await frame.getByLabel("Persona", { exact: true }).selectOption({ label: "● Clerk" });
    await frame.getByLabel("Model").selectOption({ label: "openai/small" });
    await frame
      .locator("input[type=file]")
      .setInputFiles({ name: "list.txt", mimeType: "text/plain", buffer: Buffer.from("one\ntwo") });
    await frame.getByText("list.txt").waitFor();
    await send(frame, "How many?");
    await answered(frame, "How many?");
    const [system, user] = upstream.asked.at(-1)?.messages ?? [];
    expect(system).toMatchObject({ role: "system", content: "You are Clerk.\nYour tone: dry\nCount twice." });
    expect(JSON.stringify(user?.content)).toContain("one\\ntwo");
    await frame
      .locator("input[type=file]")
      .setInputFiles({ name: "big.bin", mimeType: "", buffer: Buffer.alloc(700_001) });
    await frame.getByText("may have 700 kB together").waitFor();
    await send(frame, "Please refuse");
    await frame.getByText("That is too much.").waitFor();
    await picture(page.page, "companion-refused");
    await frame.getByRole("button", { name: "Try again" }).waitFor();
  });

  it("shows nobody the conversations of somebody else", async () => {
    const other = await signedUp(test.url, "other@example.org", { organization: "default", role: "member" });
    const shown = await test.openPage(undefined, other);
    await shown.page.show({ plugin: COMPANION, view: "chat" });
    const frame = await shown.page.running(COMPANION, "chat");
    await frame.getByText("No conversations yet.").waitFor();
    await frame.getByLabel("Search conversations").fill("code");
    await frame.getByText("Nothing has these words.").waitFor();
    await shown.context.close();
  });
});

/** The view as somebody sees it who comes back. */
const openChatAnew = async (): Promise<Frame> => {
  await context.close();
  ({ page, context } = await test.openPage());
  return await openChat(page);
};
