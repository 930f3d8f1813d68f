/** For what runs plugins, the sandbox and the test harness: files into tools and out of them. Plugins have no use for it. */
export {
  type ExchangedAnswer,
  exchangedAnswer,
  IncomingRequest,
  type RequestFacts,
} from "./endpoint-exchange.ts";
export type { FileSource, FileToSend } from "./file-source.ts";
export { jsonSchemaOf } from "./json-schema-of.ts";
export {
  type AnswerCheck,
  answerCheckOf,
  type InputCheck,
  inputCheckFor,
  takeFiles,
  withFiles,
} from "./tool-files.ts";
