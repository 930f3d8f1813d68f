import {
  type ChatMessage,
  type Conversation,
  MAX_EXCERPT_LENGTH,
  MAX_SEARCHED_LENGTH,
} from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import type { ConversationStore } from "../../ports/conversation-store.ts";
import { exportPieces } from "./conversation-export.ts";
import { excerptOf, searchedText } from "./message-text.ts";

const said = (text: string): ChatMessage => ({ role: "user", parts: [{ type: "text", text }] });

describe("the text of a message", () => {
  it("is found in a form that a database takes, as far as it is searched", () => {
    const result: ChatMessage = {
      role: "tool",
      parts: [{ type: "tool_result", callId: "c", parts: [{ type: "text", text: "a\0b\ud800" }] }],
    };
    expect(searchedText(result)).toBe("a b\uFFFD");
    const cut = searchedText(said(`${"x".repeat(MAX_SEARCHED_LENGTH - 1)}😀`));
    expect([cut.length, cut.isWellFormed()]).toEqual([MAX_SEARCHED_LENGTH, true]);
  });

  it("is shown around the first of the words, whatever was searched for", () => {
    const long = said(`${"one ".repeat(100)}FOX\n\nand ${"two ".repeat(100)}`);
    const excerpt = excerptOf(long, "and fox");
    expect(excerpt).toMatch(/^….*FOX and.*…$/);
    expect(excerpt.length).toBeLessThan(MAX_EXCERPT_LENGTH + 3);
    expect(excerptOf(said("a(b"), "( .* [")).toBe("a(b");
    expect(excerptOf(said(`${"😀".repeat(200)}fox`), "fox").isWellFormed()).toBe(true);
    expect(excerptOf(null, "fox")).toBe("");
  });
});

describe("an export", () => {
  const conversation = { id: "c", title: null, createdAt: "2026-01-01T00:00:00Z" } as Conversation;
  const messages: ChatMessage[] = [
    said("# A question"),
    {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "Well,\nthen." },
        { type: "tool_call", id: "1", name: "look", arguments: '{"a":"```"}' },
      ],
    },
    {
      role: "user",
      parts: [{ type: "file", name: "a.pdf", source: { type: "url", url: "https://a.example" } }],
    },
  ];
  /** One message on each page. */
  const store: Pick<ConversationStore, "messages"> = {
    messages: async (_space, _id, { cursor = "0" }) => {
      const place = Number(cursor);
      const message = messages[place] as ChatMessage;
      const items = [{ id: String(place + 1), createdAt: "2026-01-01T00:00:00Z", message }];
      return { items, ...(place + 1 < messages.length && { cursor: String(place + 1) }) };
    },
  };
  const written = async (format: "json" | "markdown") => {
    const space = { installationId: "i", organizationId: "o", people: [] };
    return Buffer.concat(await Array.fromAsync(exportPieces(store, space, conversation, format))).toString();
  };

  it("is one document of all pages", async () => {
    const { messages: told, ...head } = JSON.parse(await written("json"));
    expect(head).toEqual({ conversation });
    expect(told.map((one: { message: ChatMessage }) => one.message)).toEqual(messages);
  });

  it("is read by people as Markdown, whatever the messages have", async () => {
    const text = await written("markdown");
    expect(text.split("\n")[0]).toBe("# Conversation");
    expect(text).toContain("> Well,\n> then.");
    expect(text).toContain('Call of `look`:\n\n````\n{"a":"```"}\n````');
    expect(text).toContain("[file: a.pdf]");
    expect(text.match(/^## /gm)).toHaveLength(3);
  });
});
