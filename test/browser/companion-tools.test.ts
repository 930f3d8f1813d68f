import type { BrowserContext, Frame } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { ChatUpstream } from "./support/chat-upstream.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { askUpstream, COMPANION, openChat, ready, send } from "./support/companion-chat.ts";
import { FrameTest, type ShownPage } from "./support/frame-test.ts";
import { picture } from "./support/picture.ts";

const WEATHER = "acme.weather/forecast";

/** A tool that says what it was asked for, and counts. */
const CODE = `
let count = 0;
export default { tools: { forecast: {
  description: "Tells the weather of a city.",
  input: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  run: async ({ city }) => ({ city, sky: "<b>clear</b>", count: ++count }),
} } };`;

let test: FrameTest;
let upstream: ChatUpstream;
let page: ShownPage;
let context: BrowserContext;

beforeAll(async () => {
  test = await FrameTest.start({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  upstream = new ChatUpstream();
  await test.enableBuiltin(COMPANION);
  await askUpstream(test, upstream);
  await test.install({
    id: "acme.weather",
    code: CODE,
    tools: ["forecast"],
    ui: "export default () => null;",
  });
});
afterAll(async () => {
  upstream?.stop();
  await test?.close();
});
beforeEach(async () => {
  ({ page, context } = await test.openPage());
});
afterEach(async () => await context.close());

const choose = async (frame: Frame): Promise<void> => {
  await frame.getByRole("button", { name: "Tools", exact: true }).click();
  await frame.getByRole("checkbox", { name: WEATHER }).check();
};
/** What the model was told that the tool has answered. */
const toldResult = (): string =>
  String(upstream.asked.at(-1)?.messages.findLast(({ role }) => role === "tool")?.content ?? "");

describeInBrowser("the tools of patchbay.companion", () => {
  it("are none until the person has chosen some", async () => {
    const frame = await openChat(page);
    await send(frame, "How is the weather?");
    await frame.locator("article:not(.own)", { hasText: "weather" }).waitFor();
    await ready(frame);
    expect(upstream.asked.at(-1)?.tools).toBeUndefined();
  });

  it("are used once the person has seen what they are given, and has said yes", async () => {
    const frame = await openChat(page);
    await choose(frame);
    await send(frame, "How is the weather in Oslo?");
    const question = frame.getByRole("region", { name: `May ${WEATHER} be used?` });
    await question.getByText('"city": "Oslo"').waitFor();
    await picture(page.page, "companion-tool");
    await question.getByRole("button", { name: "Yes", exact: true }).click();
    await frame.locator("article:not(.own)", { hasText: "You said" }).last().waitFor();
    await ready(frame);
    expect(JSON.parse(toldResult())).toEqual({ city: "Oslo", sky: "<b>clear</b>", count: 1 });
    await frame.getByText("The tool answered").click();
    await frame.locator("pre", { hasText: "<b>clear</b>" }).waitFor();
    await send(frame, "And the weather now?");
    await question.getByRole("button", { name: "Yes, in all of this chat" }).click();
    await ready(frame);
    await send(frame, "The weather once more?");
    await expect.poll(() => toldResult()).toContain('"count":3');
    await ready(frame);
  });

  it("are not used where the person says no, and the model hears of it", async () => {
    const frame = await openChat(page);
    await choose(frame);
    await send(frame, "The weather in Oslo?");
    await frame.getByRole("button", { name: "No", exact: true }).click();
    await ready(frame);
    expect(toldResult()).toBe("The person did not allow this.");
    await frame.getByText("You did not allow the tool").waitFor();
  });

  it("are not used that the person has taken away while they were asked, whatever they click then", async () => {
    const frame = await openChat(page);
    await choose(frame);
    await send(frame, "The weather in Oslo?");
    const yes = frame.getByRole("button", { name: "Yes", exact: true });
    await yes.waitFor();
    await frame.getByRole("checkbox", { name: WEATHER }).uncheck();
    await yes.click();
    await ready(frame);
    expect(toldResult()).toBe("The person did not allow this.");
  });

  it("are asked for by a message that is sent once, however often its button is clicked", async () => {
    const frame = await openChat(page);
    await frame.getByRole("textbox", { name: "Message" }).fill("Just once");
    await frame.getByRole("button", { name: "Send" }).dblclick();
    await frame.locator("article:not(.own)", { hasText: "Just once" }).waitFor();
    await ready(frame);
    expect(await frame.locator("article.own", { hasText: "Just once" }).count()).toBe(1);
  });

  it("are not used when the answer is stopped, and the conversation goes on", async () => {
    const frame = await openChat(page);
    await choose(frame);
    await send(frame, "The weather in Oslo?");
    await frame.getByRole("button", { name: "No", exact: true }).waitFor();
    await frame.getByRole("button", { name: "Stop" }).click();
    await ready(frame);
    await frame.getByRole("checkbox", { name: WEATHER }).uncheck();
    await send(frame, "Something else");
    await frame.locator("article:not(.own)", { hasText: "Something else" }).waitFor();
    await ready(frame);
    expect(upstream.asked.at(-1)?.messages.map(({ role }) => role)).toEqual(["user", "user"]);
  });

  it("keep what they have answered when the answer is stopped at a later one", async () => {
    const frame = await openChat(page);
    await choose(frame);
    await send(frame, "The weather twice?");
    await frame.getByRole("button", { name: "Yes", exact: true }).click();
    await frame.getByRole("button", { name: "No", exact: true }).waitFor();
    await frame.getByRole("button", { name: "Stop" }).click();
    await ready(frame);
    await frame.getByText("The tool answered").waitFor();
    await frame.getByText("Stopped", { exact: true }).waitFor();
    await send(frame, "Something else");
    await frame.locator("article:not(.own)", { hasText: "Something else" }).waitFor();
    await ready(frame);
    const results = upstream.asked.at(-1)?.messages.filter(({ role }) => role === "tool") ?? [];
    expect(results.map(({ content }) => String(content))).toEqual([
      expect.stringContaining('"city":"Oslo"'),
      "The person stopped the answer before this one came.",
    ]);
  });

  it("are gone with the grant", async () => {
    const at = `/api/orgs/default/plugins/${COMPANION}/grants`;
    const { required, optional } = (await test.api.get(at)).body;
    const grants = [...required, ...optional]
      .filter(({ name }) => name !== "tools.invoke")
      .map(({ reason: _reason, ...grant }) => grant);
    expect((await test.api.put(at, { grants })).status).toBe(200);
    const frame = await openChat(page);
    await frame.getByRole("textbox", { name: "Message" }).waitFor();
    await expect.poll(() => frame.getByLabel("Model").locator("option").count()).toBeGreaterThan(1);
    expect(await frame.getByRole("button", { name: "Tools", exact: true }).count()).toBe(0);
  });
});
