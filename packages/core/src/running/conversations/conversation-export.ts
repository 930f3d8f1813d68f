import {
  type ChatMessage,
  type Conversation,
  type ExportFormat,
  type KeptMessage,
  MAX_CONVERSATION_PAGE_BYTES,
} from "@patchbay/protocol";
import type { ConversationSpace, ConversationStore } from "../../ports/conversation-store.ts";

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  json: "application/json; charset=utf-8",
  markdown: "text/markdown; charset=utf-8",
};

/** Messages of one read. */
const PAGE = 1_000;

/** The whole conversation as one document in UTF-8, piece by piece. Throws `conversation_not_found` when it goes meanwhile. */
export const exportPieces = async function* (
  store: Pick<ConversationStore, "messages">,
  space: ConversationSpace,
  conversation: Conversation,
  format: ExportFormat,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const { begin, between, message: write, end } = WRITERS[format];
  yield encoder.encode(begin(conversation));
  let isFirst = true;
  for await (const message of allMessages(store, space, conversation.id)) {
    yield encoder.encode(`${isFirst ? "" : between}${write(message)}`);
    isFirst = false;
  }
  yield encoder.encode(end);
};

const allMessages = async function* (
  store: Pick<ConversationStore, "messages">,
  space: ConversationSpace,
  id: string,
): AsyncGenerator<KeptMessage> {
  let cursor: string | undefined;
  do {
    const query = {
      limit: PAGE,
      bytes: MAX_CONVERSATION_PAGE_BYTES,
      ...(cursor !== undefined && { cursor }),
    };
    const page = await store.messages(space, id, query);
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
};

interface Writer {
  readonly begin: (conversation: Conversation) => string;
  readonly between: string;
  readonly message: (message: KeptMessage) => string;
  readonly end: string;
}

const WRITERS: Readonly<Record<ExportFormat, Writer>> = {
  json: {
    begin: (conversation) => `{"conversation":${JSON.stringify(conversation)},"messages":[`,
    between: ",",
    message: (message) => JSON.stringify(message),
    end: "]}\n",
  },
  markdown: {
    begin: ({ title, createdAt }) => `# ${title ?? "Conversation"}\n\nBegun ${createdAt}\n\n`,
    between: "\n",
    message: ({ createdAt, message }) =>
      `## ${ROLES[message.role]} (${createdAt})\n\n${markdownOf(message)}\n`,
    end: "",
  },
};

const ROLES: Readonly<Record<ChatMessage["role"], string>> = {
  system: "System",
  developer: "Developer",
  user: "User",
  assistant: "Assistant",
  tool: "Tool",
};

const markdownOf = ({ parts }: ChatMessage): string => parts.map(partOf).join("\n\n");

type Part =
  | ChatMessage["parts"][number]
  | Extract<ChatMessage, { role: "tool" }>["parts"][number]["parts"][number];

/** Texts as they are, which mostly are Markdown; of media what they are. */
const partOf = (part: Part): string => {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text;
    case "reasoning":
      return part.text.replaceAll(/^/gm, "> ");
    case "tool_call":
      return `Call of \`${part.name}\`:\n\n${fenced(part.arguments)}`;
    case "tool_result":
      return part.parts.map(partOf).join("\n\n");
    case "image":
      return "[image]";
    case "audio":
      return "[audio]";
    case "file":
      return `[file${part.name === undefined ? "" : `: ${part.name}`}]`;
    default:
      return part satisfies never;
  }
};

/** Behind more backticks than the text has in a row. */
const fenced = (text: string): string => {
  const longest = (text.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
};
