import type { Format } from "../format.ts";
import { openAiError } from "../openai/errors.ts";
import { SseEventReader } from "../shared/event-reading.ts";
import { CheckedEventWriter } from "../shared/event-writing.ts";
import { errorOf } from "../shared/upstream-errors.ts";
import { readAnswer, writeAnswer } from "./answer.ts";
import { ResponseTranslator } from "./events-in.ts";
import { ResponseOutput } from "./events-out.ts";
import { readRequest } from "./read-request.ts";
import { writeRequest } from "./write-request.ts";

/** OpenAI's responses, which Open Responses specifies for everybody. */
export const OPENAI_RESPONSES: Format = {
  name: "openai-responses",
  readRequest,
  writeRequest,
  readAnswer,
  readError: (status, body) => errorOf(body, status),
  readEvents: () => new SseEventReader(new ResponseTranslator()),
  writeAnswer,
  writeEvents: (head) => new CheckedEventWriter(new ResponseOutput(head)),
  // `@ai-sdk/open-responses` reads no error whose `param` is not a text.
  writeError: (error) => ({ error: { ...openAiError(error), param: "" } }),
};
