import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/server";
import {
  type CallFiles,
  discardFiles,
  type FilesAnswer,
  gathered,
  type PluginAnswer,
  readContentParts,
} from "@patchbay/core";
import { isJsonObject, PatchbayError } from "@patchbay/protocol";
import { toContentBlock } from "./content-blocks.ts";

/** What a result holds in JSON: clients put it into a model's context, where far less fits. */
const MAX_RESULT_BYTES = 8 * 1024 * 1024;

export interface ResultOptions {
  /** Whether the tool answers with parts of content. */
  readonly isContent: boolean;
  /** Hears of each value of a stream. */
  readonly onValue: (count: number) => void;
}

/**
 * What a tool has answered, as a result of the Model Context Protocol. Objects are structured content, with their JSON as text beside it for
 * clients that read no other; files are images, sound or resources by their type. The values of a stream are joined, since a result is all
 * that a client hands on: texts to one text, others to a list. Throws `answer_too_large`, `plugin_error`, and what the answer ends with.
 */
export const toToolResult = async (
  answer: PluginAnswer,
  { isContent, onValue }: ResultOptions,
): Promise<CallToolResult> => {
  if (isContent) return contentOf(answer);
  switch (answer.kind) {
    case "value":
      return resultOf(answer.value);
    case "stream":
      return resultOf(await joined(answer.values, onValue));
    case "files":
      return await withFiles(answer);
    default:
      return answer satisfies never;
  }
};

const resultOf = (value: unknown): CallToolResult => {
  if (value === undefined || value === null) return { content: [] };
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.length > MAX_RESULT_BYTES) throw tooLarge();
  return { content: [{ type: "text", text }], ...(isJsonObject(value) && { structuredContent: value }) };
};

const contentOf = (answer: PluginAnswer): CallToolResult => {
  const content = readContentParts(answer).map(toContentBlock);
  if (JSON.stringify(content).length > MAX_RESULT_BYTES) throw tooLarge();
  return { content };
};

const joined = async (values: AsyncIterable<unknown>, onValue: (count: number) => void): Promise<unknown> => {
  const all: unknown[] = [];
  let length = 0;
  for await (const value of values) {
    length += JSON.stringify(value)?.length ?? 0;
    if (length > MAX_RESULT_BYTES) throw tooLarge();
    all.push(value);
    onValue(all.length);
  }
  return all.every((value) => typeof value === "string") ? all.join("") : all;
};

const withFiles = async ({ value, files }: FilesAnswer): Promise<CallToolResult> => {
  const content = contentBeside(files, value);
  // They stand beside the value, in base64.
  const left = MAX_RESULT_BYTES - JSON.stringify(content).length;
  const bound = { maxBytes: Math.max(0, (left / 4) * 3), advice: "Have the tool answer with less." };
  let place = 0;
  for await (const bytes of gathered(files, bound)) {
    const head = files.heads[place];
    if (head !== undefined) content.push(blockOf(head, bytes));
    place += 1;
  }
  return { content, ...(isJsonObject(value) && { structuredContent: value }) };
};

const contentBeside = (files: CallFiles, value: unknown): ContentBlock[] => {
  try {
    return resultOf(value).content;
  } catch (error) {
    discardFiles(files);
    throw error;
  }
};

const blockOf = ({ name, type, pointer }: CallFiles["heads"][number], bytes: Buffer): ContentBlock => {
  const data = () => bytes.toString("base64");
  if (type.startsWith("image/")) return { type: "image", data: data(), mimeType: type };
  if (type.startsWith("audio/")) return { type: "audio", data: data(), mimeType: type };
  const uri = `file:///${encodeURIComponent(name === "" ? pointer : name)}`;
  const text = type.startsWith("text/") ? textOf(bytes) : null;
  return {
    type: "resource",
    resource: text === null ? { uri, mimeType: type, blob: data() } : { uri, mimeType: type, text },
  };
};

/** null for bytes that are no UTF-8. */
const textOf = (bytes: Buffer): string | null => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};

const tooLarge = (): PatchbayError =>
  new PatchbayError(
    "answer_too_large",
    `The answer is larger than the ${MAX_RESULT_BYTES / 1024 / 1024} MiB that a client of the Model Context Protocol gets. Have the tool answer with less.`,
  );
