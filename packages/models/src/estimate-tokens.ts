import type { ChatMessage, ChatRequest } from "@patchbay/protocol";

/** Bytes of text for each token: tokenizers of the common models come to three to five for English, and to fewer for code and other languages. */
export const BYTES_A_TOKEN = 4;
/** What an image or a page of a file comes to, whatever its size: about that of one of a thousand pixels a side. */
const TOKENS_OF_MEDIA = 1_500;
/** What surrounds each message. */
const TOKENS_OF_MESSAGE = 4;

type Part = ChatMessage["parts"][number];

/** About how many tokens the input has, for models whose servers do not count them. Half as many or twice as many may be true. */
export const estimateTokens = ({ messages, tools = [] }: ChatRequest): number =>
  tokensOfText(JSON.stringify(tools)) +
  messages.reduce((sum, { parts }) => sum + TOKENS_OF_MESSAGE + tokensOfParts(parts), 0);

const tokensOfParts = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + tokensOfPart(part), 0);

const tokensOfPart = (part: Part): number => {
  if ("source" in part || part.type === "audio") return TOKENS_OF_MEDIA;
  if (part.type === "tool_result") return tokensOfParts(part.parts);
  return tokensOfText(JSON.stringify(part));
};

const tokensOfText = (text: string): number => Math.ceil(Buffer.byteLength(text) / BYTES_A_TOKEN);
