import { expect, it } from "vitest";
import { type ChatMessage, definePlugin, tool } from "../index.ts";
import { createTestHarness } from "./index.ts";

const said = (text: string, role: "user" | "assistant" = "user"): ChatMessage => ({
  role,
  parts: [{ type: "text", text }],
});

const plugin = definePlugin({
  tools: {
    talk: tool({
      description: "Keeps a conversation, and tells what became of it.",
      async run(_input, { api: { conversations } }) {
        const { id } = await conversations.create({ scope: "person", title: "Foxes", metadata: { tag: 1 } });
        await conversations.append(id, [said("A fox?"), said("Yes.", "assistant")]);
        const [third] = await conversations.append(id, [said("And a cat?")]);
        const branch = await conversations.branch(id, { upTo: "2", title: "Branch" });
        await conversations.update(id, { title: "Animals" });
        const page = await conversations.messages(id, { limit: 2 });
        return {
          third: third?.id,
          branch: [branch.title, branch.messages, branch.branchedFrom?.message],
          pages: [
            page.items.length,
            (await conversations.messages(id, { cursor: page.cursor ?? "" })).items.length,
          ],
          titles: (await conversations.list()).items.map(({ title }) => title),
          found: (await conversations.search("cat")).map(({ message }) => message?.excerpt),
          json: JSON.parse(await conversations.export(id, "json")).messages.length,
          gone: [await conversations.deleteMessage(id, "3"), await conversations.delete(id)],
          none: (await conversations.get(id)) === undefined,
        };
      },
    }),
  },
  messageHooks: {
    shout: {
      run: ({ messages }) =>
        messages.map((message) => ({
          ...message,
          parts: message.parts.map((part) =>
            part.type === "text" ? { ...part, text: part.text.toUpperCase() } : part,
          ),
        })) as typeof messages,
    },
    reads: { run: () => undefined },
  },
});

it("keeps conversations as the platform does", async () => {
  const harness = createTestHarness(plugin, { grants: ["storage.conversations"] });
  expect(await harness.call("talk")).toEqual({
    third: "3",
    branch: ["Branch", 2, "2"],
    pages: [2, 1],
    titles: ["Animals", "Branch"],
    found: ["And a cat?"],
    json: 3,
    gone: [true, true],
    none: true,
  });
  await expect(harness.api.conversations.append("gone", [])).rejects.toMatchObject({
    name: "InvalidInputError",
  });
  await expect(harness.api.conversations.update("gone", {})).rejects.toMatchObject({
    code: "conversation_not_found",
  });
});

it("asks for the permission of conversations", async () => {
  const { api } = createTestHarness(plugin, { grants: [] });
  await expect(api.conversations.list()).rejects.toMatchObject({ name: "PermissionDeniedError" });
});

it("has messages pass a hook", async () => {
  const { passHook } = createTestHarness(plugin);
  const messages = [{ role: "user" as const, parts: [{ type: "text" as const, text: "Hi" }] }];
  expect(await passHook("shout", { messages })).toEqual([
    { role: "user", parts: [{ type: "text", text: "HI" }] },
  ]);
  expect(await passHook("reads", { messages })).toBe(messages);
  await expect(passHook("none", { messages })).rejects.toMatchObject({ code: "hook_not_found" });
});
