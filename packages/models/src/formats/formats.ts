import type { ModelFormat } from "@patchbay/protocol";
import { ANTHROPIC_MESSAGES } from "./anthropic-messages/anthropic-messages.ts";
import type { Format } from "./format.ts";
import { OPENAI_CHAT } from "./openai-chat/openai-chat.ts";
import { OPENAI_RESPONSES } from "./openai-responses/openai-responses.ts";

export const FORMATS: Readonly<Record<ModelFormat, Format>> = {
  "openai-chat": OPENAI_CHAT,
  "openai-responses": OPENAI_RESPONSES,
  "anthropic-messages": ANTHROPIC_MESSAGES,
};
