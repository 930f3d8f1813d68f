import {
  type Conversation,
  type HostParams,
  MAX_CONVERSATION_BYTES,
  MAX_CONVERSATION_MESSAGE_BYTES,
  MAX_CONVERSATION_MESSAGES,
  MAX_CONVERSATION_METADATA_BYTES,
  MAX_CONVERSATION_PAGE_BYTES,
  MAX_CONVERSATIONS,
  MAX_PERSON_CONVERSATION_BYTES,
  MAX_STORAGE_TOTAL_BYTES,
  PatchbayError,
} from "@patchbay/protocol";
import type {
  ConversationSpace,
  ConversationStore,
  FoundWords,
  StoredConversation,
} from "../../ports/conversation-store.ts";
import { OwnSlots } from "../../slots.ts";
import type { World } from "../../world.ts";
import { EXPORT_TYPES, exportPieces } from "../conversations/conversation-export.ts";
import { excerptOf, searchedText } from "../conversations/message-text.ts";
import { type HostHandlers, type PermittedCall, personOf } from "./domain.ts";
import { withinSlots } from "./within-slots.ts";

const DEFAULT_LISTED = 50;
const DEFAULT_FOUND = 10;
const DEFAULT_MESSAGES = 100;
/** Of the calls of one installation, or of one person's views of it: each may hold some megabytes of messages. */
const MAX_AT_ONCE = 8;

const QUOTA = {
  conversations: MAX_CONVERSATIONS,
  messages: MAX_CONVERSATION_MESSAGES,
  messageBytes: MAX_CONVERSATION_BYTES,
  personBytes: MAX_PERSON_CONVERSATION_BYTES,
  bytes: MAX_STORAGE_TOTAL_BYTES,
};

/**
 * `conversations`: those of the installation, and of the person on whose behalf it acts. Whose they are comes from the call, never from
 * the plugin's words.
 */
export const conversationsDomain = (
  store: ConversationStore,
  world: Pick<World, "newId">,
): HostHandlers<"conversations"> => {
  const slots = new OwnSlots(MAX_AT_ONCE);
  return withinSlots(handlers(store, world), () => slots);
};

const handlers = (
  store: ConversationStore,
  { newId }: Pick<World, "newId">,
): HostHandlers<"conversations"> => ({
  "conversations.create": async (call) => {
    const { scope, title = null, metadata = {} } = call.params;
    requireMetadata(metadata);
    const userId = scope === "plugin" ? null : requirePerson(call);
    const head = { id: newId(), title, metadata, userId };
    return { value: told(await store.create(spaceOf(call), head, QUOTA)) };
  },
  "conversations.get": async (call) => {
    const found = await store.find(spaceOf(call), call.params.id);
    return { value: found && told(found) };
  },
  "conversations.update": async (call) => {
    const { id, ...change } = call.params;
    if (change.metadata !== undefined) requireMetadata(change.metadata);
    return { value: told(await store.update(spaceOf(call), id, change, QUOTA)) };
  },
  "conversations.delete": async (call) => ({ value: await store.remove(spaceOf(call), call.params.id) }),
  "conversations.list": async (call) => {
    const { items, ...page } = await store.list(spaceOf(call), { limit: DEFAULT_LISTED, ...call.params });
    return { value: { items: items.map(told), ...page } };
  },
  "conversations.search": async (call) => {
    const { text } = call.params;
    if (text.includes("\0")) throw new PatchbayError("invalid_input", "Words have no NUL character.");
    const found = await store.search(spaceOf(call), { limit: DEFAULT_FOUND, ...call.params });
    return { value: found.map((one) => toldFound(one, text)) };
  },
  "conversations.append": async (call) => {
    const { id, messages } = call.params;
    requireMessages(messages);
    const kept = messages.map((message) => ({ message, text: searchedText(message) }));
    return { value: await store.append(spaceOf(call), id, kept, QUOTA) };
  },
  "conversations.messages": async (call) => {
    const { id, ...query } = call.params;
    const bounds = { limit: DEFAULT_MESSAGES, bytes: MAX_CONVERSATION_PAGE_BYTES };
    return { value: await store.messages(spaceOf(call), id, { ...bounds, ...query }) };
  },
  "conversations.deleteMessage": async (call) => {
    const { id, messageId } = call.params;
    return { value: await store.removeMessage(spaceOf(call), id, messageId) };
  },
  "conversations.branch": async (call) => {
    const { id, upTo = null, title } = call.params;
    const branch = { id: newId(), message: upTo, ...(title !== undefined && { title }) };
    return { value: told(await store.branch(spaceOf(call), id, branch, QUOTA)) };
  },
  "conversations.export": async (call) => {
    const { id, format } = call.params;
    const space = spaceOf(call);
    const found = await store.find(space, id);
    if (found === null)
      throw new PatchbayError("conversation_not_found", "There is no such conversation here.");
    return {
      value: { contentType: EXPORT_TYPES[format] },
      body: exportPieces(store, space, told(found), format),
    };
  },
});

const spaceOf = (call: PermittedCall): ConversationSpace => {
  const { installationId, organizationId } = call.spec;
  const person = personOf(call);
  return { installationId, organizationId, people: person === null ? [] : [person] };
};

const requirePerson = (call: PermittedCall): string => {
  const person = personOf(call);
  if (person !== null) return person;
  throw new PatchbayError(
    "invalid_input",
    'A conversation of a person is made by a view, or in a call that a person makes. Use the scope "plugin" here.',
  );
};

const requireMetadata = (metadata: object): void => {
  const bytes = Buffer.byteLength(JSON.stringify(metadata));
  if (bytes > MAX_CONVERSATION_METADATA_BYTES)
    throw new PatchbayError(
      "quota_exceeded",
      `The metadata of a conversation takes at most ${MAX_CONVERSATION_METADATA_BYTES} bytes; these have ${bytes}.`,
    );
};

const requireMessages = (messages: HostParams<"conversations.append">["messages"]): void => {
  for (const [place, message] of messages.entries()) {
    const bytes = Buffer.byteLength(JSON.stringify(message));
    if (bytes > MAX_CONVERSATION_MESSAGE_BYTES)
      throw new PatchbayError(
        "quota_exceeded",
        `A message takes at most ${MAX_CONVERSATION_MESSAGE_BYTES} bytes; /messages/${place} has ${bytes}.`,
      );
  }
};

const told = ({ userId: _userId, ...conversation }: StoredConversation): Conversation => conversation;

const toldFound = ({ conversation, found }: FoundWords, searched: string) => {
  if (found === null) return { conversation: told(conversation) };
  const { message, ...head } = found;
  return { conversation: told(conversation), message: { ...head, excerpt: excerptOf(message, searched) } };
};
