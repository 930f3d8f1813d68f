import { HOST_DOMAINS } from "@patchbay/protocol";
import type { BrowserContext, Frame } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { signedUp } from "../support/people.ts";
import { ChatUpstream } from "./support/chat-upstream.ts";
import { describeInBrowser } from "./support/chromium.ts";
import { answered, askUpstream, COMPANION, openChat, send } from "./support/companion-chat.ts";
import { FrameTest, type ShownPage } from "./support/frame-test.ts";
import { picture } from "./support/picture.ts";

const SPY = "acme.spy";

let test: FrameTest;
let upstream: ChatUpstream;
let page: ShownPage;
let context: BrowserContext;

beforeAll(async () => {
  test = await FrameTest.start({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
  upstream = new ChatUpstream();
  for (const plugin of [COMPANION, "patchbay.echo"]) await test.enableBuiltin(plugin);
  await askUpstream(test, upstream);
  const rules = { defaultModel: "openai/small" };
  expect((await test.api.put("/api/orgs/default/models/rules", rules)).status).toBe(200);
});
afterAll(async () => {
  upstream?.stop();
  await test?.close();
});
beforeEach(async () => {
  ({ page, context } = await test.openPage());
});
afterEach(async () => await context.close());

const say = async (frame: Frame, text: string): Promise<void> => {
  await send(frame, text);
  await answered(frame, text);
};
const openMemory = async (frame: Frame) => {
  await frame.getByRole("button", { name: "Memory", exact: true }).click();
  return frame.getByRole("region", { name: "Memory" });
};
/** What the model was told before the conversation. */
const told = (): string =>
  String(upstream.asked.at(-1)?.messages.find(({ role }) => role === "system")?.content ?? "");

describeInBrowser("the memory of patchbay.companion", () => {
  it("is not asked of Echo, which finds nothing", async () => {
    const frame = await openChat(page);
    const memory = await openMemory(frame);
    await memory.getByText("for you alone").waitFor();
    await frame.getByLabel("Model").selectOption({ label: "Echo" });
    await memory.getByText("Echo finds nothing to remember").waitFor();
  });

  it("is off until the person wants it", async () => {
    const frame = await openChat(page);
    await say(frame, "I am a vegetarian.");
    const memory = await openMemory(frame);
    await memory.getByText("for you alone").waitFor();
    await memory.getByRole("button", { name: "Remember what I say about myself" }).click();
    await memory.getByText("Nothing yet.").waitFor();
    expect(told()).toBe("");
  });

  it("keeps what the person says, with the words it was said in, and tells the model of it", async () => {
    const frame = await openChat(page);
    await say(frame, "Good evening. I like black tea.");
    await frame.getByText("One thing is remembered.").waitFor();
    await frame.getByRole("button", { name: "Look" }).click();
    const memory = frame.getByRole("region", { name: "Memory" });
    await memory.locator("q", { hasText: "I like black tea" }).waitFor();
    await picture(page.page, "companion-memory");
    await frame.getByRole("button", { name: "New chat" }).click();
    await say(frame, "What should I drink?");
    expect(told()).toMatch(/What you know of the person[\s\S]*\n- I like black tea$/);
  });

  it("is corrected, added to and taken back", async () => {
    const frame = await openChat(page);
    const memory = await openMemory(frame);
    await memory.getByRole("button", { name: "Correct: I like black tea" }).click();
    await memory.getByRole("textbox", { name: "Correct" }).fill("I like green tea");
    await memory.getByRole("button", { name: "Save" }).click();
    await memory.getByText("I like green tea", { exact: true }).waitFor();
    await memory.getByText("Corrected by you").waitFor();
    expect(await memory.locator("q", { hasText: "I like black tea" }).count()).toBe(0);
    await memory.getByLabel("Something to remember").fill("My dog is called Bo");
    await memory.getByRole("button", { name: "Add" }).click();
    await memory.getByText("My dog is called Bo").waitFor();
    await say(frame, "I am tired.");
    await frame.getByText("One thing is remembered.").waitFor();
    await memory.locator(".fact", { hasText: "I am tired" }).waitFor();
    await frame.getByRole("button", { name: "Undo" }).click();
    await memory.locator(".fact", { hasText: "I am tired" }).waitFor({ state: "detached" });
    await say(frame, "Who am I?");
    expect(told()).toMatch(/\n- I like green tea\n- My dog is called Bo$/);
  });

  it("is there after the server was killed", async () => {
    await test.killAndStart();
    const frame = await openChat(page);
    const memory = await openMemory(frame);
    await memory.getByText("My dog is called Bo").waitFor();
    await say(frame, "And now?");
    expect(told()).toContain("- I like green tea");
  });

  it("is nothing to anybody else, nor to another plugin", async () => {
    const other = await signedUp(test.url, "other@example.org", { organization: "default", role: "member" });
    const shown = await test.openPage(undefined, other);
    await shown.page.show({ plugin: COMPANION, view: "chat" });
    const theirs = await shown.page.running(COMPANION, "chat");
    await theirs.getByRole("button", { name: "Memory", exact: true }).click();
    await theirs.getByRole("button", { name: "Remember what I say about myself" }).click();
    await theirs.getByText("Nothing yet.").waitFor();
    await shown.context.close();

    const methods = Object.keys(HOST_DOMAINS.memory).map((method) => method.slice("memory.".length));
    await test.install({
      id: SPY,
      ui: spyingView(methods),
      permissions: ["memory.read", "memory.write", { name: "memory.extract", views: "use" }],
    });
    await page.show({ plugin: SPY });
    const spy = await page.running(SPY);
    await spy.locator("output").waitFor();
    const refusals = JSON.parse((await spy.locator("output").textContent()) ?? "null");
    const named = methods.filter((method) => method !== "listNamespaces" && method !== "extraction");
    expect(refusals).toMatchObject(
      Object.fromEntries(named.map((method) => [method, "PluginPermissionError"])),
    );
    expect(refusals).toMatchObject({ listNamespaces: "[]", extraction: "null" });
  });

  it("is emptied for good", async () => {
    const frame = await openChat(page);
    const memory = await openMemory(frame);
    await memory.getByRole("button", { name: "Forget everything" }).click();
    await memory.getByText("Forget everything for good").waitFor();
    await memory.getByRole("button", { name: "Forget everything" }).click();
    await memory.getByRole("button", { name: "Remember what I say about myself" }).waitFor();
    await say(frame, "Do you know me?");
    expect(told()).toBe("");
  });
});

/** A view that asks for the memories of Companion by every method, and tells what each answers. */
const spyingView = (methods: readonly string[]): string => `
import { createElement as h, useEffect, useState } from "react";
import { useApi } from "@patchbay/sdk/ui";
const SPACE = "plugin:${COMPANION}:me/facts";
const ARGS = { list: [SPACE], listNamespaces: [], extraction: ["1"], add: [SPACE, { text: "x" }], update: [SPACE, "1", { text: "x" }], search: [SPACE, "tea"], extract: [SPACE, [{ id: "1", role: "user", text: "I am here." }]] };
export default function Spy() {
  const { memory } = useApi();
  const [found, setFound] = useState(null);
  useEffect(() => {
    const ask = async (method) => {
      try { return JSON.stringify(await memory[method](...(ARGS[method] ?? [SPACE, "1"]))); }
      catch (error) { return error.name; }
    };
    Promise.all(${JSON.stringify(methods)}.map(async (method) => [method, await ask(method)])).then((all) => setFound(JSON.stringify(Object.fromEntries(all))));
  }, [memory]);
  return found === null ? null : h("output", null, found);
}`;
