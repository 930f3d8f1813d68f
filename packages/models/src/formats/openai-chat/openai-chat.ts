import type { Format } from "../format.ts";
import { writeOpenAiError } from "../openai/errors.ts";
import { SseEventReader } from "../shared/event-reading.ts";
import { CheckedEventWriter } from "../shared/event-writing.ts";
import { errorOf } from "../shared/upstream-errors.ts";
import { readAnswer, writeAnswer } from "./answer.ts";
import { ChunkTranslator } from "./events-in.ts";
import { ChunkOutput } from "./events-out.ts";
import { readRequest } from "./read-request.ts";
import { writeRequest } from "./write-request.ts";

/** OpenAI's chat completions, which most servers of open models speak too. */
export const OPENAI_CHAT: Format = {
  name: "openai-chat",
  readRequest,
  writeRequest,
  readAnswer,
  readError: (status, body) => errorOf(body, status),
  readEvents: () => new SseEventReader(new ChunkTranslator()),
  writeAnswer,
  writeEvents: (head) => new CheckedEventWriter(new ChunkOutput(head)),
  writeError: writeOpenAiError,
};
