import type { EndpointDefinition } from "@patchbay/sdk";
import {
  type AnswerCheck,
  type ExchangedAnswer,
  exchangedAnswer,
  IncomingRequest,
  type RequestFacts,
} from "@patchbay/sdk/files";
import { type GuestKind, isRecord, notThis } from "./kind.ts";

const WORDS = ["title", "description", "path", "authentication"] as const;

/** The head is the value, and the body the only file beside it. */
const ANSWERS: AnswerCheck = {
  isFile: true,
  take(answer) {
    const { head, body } = answer as ExchangedAnswer;
    return { value: head, files: body === undefined ? [] : [body], checked: async () => head };
  },
};

export const endpoints: GuestKind<"endpoints"> = {
  one: "endpoint",
  notFound: "endpoint_not_found",
  prepare(name, value) {
    if (!isRecord(value) || typeof value.handle !== "function")
      throw notThis(`The endpoint "${name}" has no function \`handle\`.`);
    const endpoint = value as unknown as EndpointDefinition;
    const said = WORDS.filter((word) => typeof endpoint[word] === "string");
    return {
      found: {
        name,
        ...Object.fromEntries(said.map((word) => [word, endpoint[word]])),
        ...(Array.isArray(endpoint.methods) && { methods: [...endpoint.methods] }),
      },
      checkInput: async (facts, files) => new IncomingRequest(facts as RequestFacts, files?.[0]?.readable),
      answers: () => ANSWERS,
      run: async (request, call) =>
        await exchangedAnswer(await endpoint.handle(request as IncomingRequest, call)),
    };
  },
};
