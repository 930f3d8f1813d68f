import type { Format } from "../format.ts";
import { SseEventReader } from "../shared/event-reading.ts";
import { CheckedEventWriter } from "../shared/event-writing.ts";
import { errorOf } from "../shared/upstream-errors.ts";
import { readAnswer, writeAnswer } from "./answer.ts";
import { writeError } from "./errors.ts";
import { MessageTranslator } from "./events-in.ts";
import { MessageOutput } from "./events-out.ts";
import { readRequest } from "./read-request.ts";
import { writeRequest } from "./write-request.ts";

/** Anthropic's messages. */
export const ANTHROPIC_MESSAGES: Format = {
  name: "anthropic-messages",
  readRequest,
  writeRequest,
  readAnswer,
  readError: (status, body) => errorOf(body, status),
  readEvents: () => new SseEventReader(new MessageTranslator()),
  writeAnswer,
  writeEvents: (head) => new CheckedEventWriter(new MessageOutput(head)),
  writeError,
};
