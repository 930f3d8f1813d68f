import type { Frame } from "playwright-core";
import { expect } from "vitest";
import type { ChatUpstream } from "./chat-upstream.ts";
import type { FrameTest, ShownPage } from "./frame-test.ts";

export const COMPANION = "patchbay.companion";

/** Has `patchbay.openai` ask the upstream, whose model is `openai/small`. */
export const askUpstream = async (test: FrameTest, upstream: ChatUpstream): Promise<void> => {
  await test.enableBuiltin("patchbay.openai");
  const settings = { openai: { url: await upstream.start(), key: "sk-test" } };
  const { status } = await test.api.put("/api/orgs/default/plugins/patchbay.openai/settings", settings);
  expect(status).toBe(200);
};

export const openChat = async (page: ShownPage): Promise<Frame> => {
  await page.show({ plugin: COMPANION, view: "chat" });
  return await page.running(COMPANION, "chat");
};

export const send = async (frame: Frame, text: string): Promise<void> => {
  await frame.getByRole("textbox", { name: "Message" }).fill(text);
  await frame.getByRole("button", { name: "Send" }).click();
};

/** Waits until the answer is whole. */
export const ready = async (frame: Frame): Promise<void> =>
  await frame.getByRole("button", { name: "Send" }).waitFor();

/** Waits for a whole answer that has the text. */
export const answered = async (frame: Frame, text: string): Promise<void> => {
  await frame.locator("article:not(.own)", { hasText: text }).waitFor();
  await ready(frame);
};
