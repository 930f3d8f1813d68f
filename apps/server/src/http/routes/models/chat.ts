import { randomUUID } from "node:crypto";
import type { Principal } from "@patchbay/core";
import { HeldBytes, type WaitingBytes } from "@patchbay/core";
import {
  type AnswerHead,
  type ChatCall,
  type Format,
  gatherBatches,
  type KeptResponses,
  type MemberCaller,
  type Models,
  modelId,
  type Turn,
} from "@patchbay/models";
import { AnswerGathering, type ChatAnswer, type ChatRequest } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { callerOf } from "../../caller.ts";
import { clientGone, sendStream } from "../../event-stream.ts";
import type { EventStreams } from "../../event-streams.ts";
import { FIRST_WORD_MS } from "../../limits.ts";
import { setSecurityHeaders } from "../../security-headers.ts";
import type { Site } from "../../site.ts";
import { untilAborted } from "../../until-aborted.ts";
import { BegunEvents } from "./begun-events.ts";
import { callerIn } from "./caller.ts";
import { sendJson } from "./json-answers.ts";
import { faultOf, sendModelError } from "./model-errors.ts";

export interface ChatParts {
  readonly models: Models;
  readonly kept: KeptResponses;
  /** Bytes of conversations that were read for answers under way. */
  readonly conversations: WaitingBytes;
  readonly streams: EventStreams;
  readonly site: Site;
}

/** Answers a client of the format with what the model says, whole or as it comes. */
export const answerChat =
  (format: Format, parts: ChatParts) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const caller = callerIn(request, clientGone(reply));
    let call: ChatCall | undefined;
    const requireAllowed = async (principal: Principal): Promise<void> => {
      if (call !== undefined)
        await parts.models.requireReach({ ...caller, by: { ...caller.by, principal } }, call.answering);
    };
    return await parts.streams.hold(request, reply, { kind: "model", requireAllowed }, async (signal) => {
      const held = new HeldBytes(parts.conversations, callerOf(request) ?? "");
      try {
        const turn = await readTurn(format, parts.kept, { caller, body: request.body, held });
        const answer = await parts.models.chat({ ...caller, signal }, turn.request);
        call = answer;
        const events = new BegunEvents(untilAborted(answer.events, signal));
        return await send({ format, turn, answer, site: parts.site, request, reply }, events);
      } finally {
        held.release();
      }
    });
  };

/** One of the formats knows of answers that are kept. */
const readTurn = async (
  format: Format,
  kept: KeptResponses,
  { caller, body, held }: { readonly caller: MemberCaller; readonly body: unknown; readonly held: HeldBytes },
): Promise<Turn> =>
  format.name === "openai-responses"
    ? await kept.read(caller, body, (bytes) => held.add(bytes))
    : { request: format.readRequest(body), keep: null };

interface Answering {
  readonly format: Format;
  readonly turn: Turn;
  readonly answer: Pick<ChatCall, "answering">;
  readonly site: Site;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

const send = async (answering: Answering, events: BegunEvents): Promise<FastifyReply | undefined> => {
  const { turn, request, reply, site } = answering;
  const isStream = turn.request.stream === true;
  try {
    const isThere = await events.begin(isStream ? FIRST_WORD_MS : null);
    if (isThere && events.failure !== null) return sendModelError(request, reply, events.failure);
    const head = new OpenHead(answering, events);
    if (!isStream) return await sendWhole(answering, head, events);
    setSecurityHeaders(request, reply, site);
    await streamChat(answering, head, events);
    return undefined;
  } finally {
    await events.leave();
  }
};

/** The model is named as the one that answers, whatever name it was asked by. */
class OpenHead implements AnswerHead {
  readonly id = randomUUID().replaceAll("-", "");
  readonly createdAt = new Date();
  readonly request: ChatRequest;
  declare readonly previousId?: string;
  /** Whether the answer is kept turns out at its end. */
  store: boolean;
  readonly #answer: Answering["answer"];
  readonly #events: BegunEvents;

  constructor({ turn: { request, previousId, keep }, answer }: Answering, events: BegunEvents) {
    this.request = request;
    this.store = keep !== null;
    if (previousId !== undefined) this.previousId = previousId;
    this.#answer = answer;
    this.#events = events;
  }

  get model(): string {
    const { provider, name } = this.#answer.answering;
    return modelId(provider, this.#events.model ?? name);
  }
}

const sendWhole = async (
  { format, turn, request, reply }: Answering,
  head: OpenHead,
  events: BegunEvents,
): Promise<FastifyReply> => {
  const gathered = await gatherBatches(events.all());
  if (!gathered.ok) return sendModelError(request, reply, gathered.error);
  await keepAnswer({ format, turn }, head, gathered.value);
  return sendJson(reply, format.writeAnswer(gathered.value, head));
};

const streamChat = async (
  { format, turn, reply }: Answering,
  head: OpenHead,
  events: BegunEvents,
): Promise<void> => {
  const writer = format.writeEvents(head);
  const gathering = turn.keep === null ? null : new AnswerGathering();
  const texts = async function* () {
    for await (const batch of events.all()) {
      let text = "";
      for (const event of batch) {
        gathering?.add(event);
        text += writer.write(event);
        if (writer.hasEnded) break;
      }
      yield text;
      // It says no more: too much has come, or the model failed.
      if (writer.hasEnded) return;
    }
    // Before its client reads the end, and goes on from it.
    const gathered = gathering?.end();
    if (gathered?.ok) await keepAnswer({ format, turn }, head, gathered.value);
    yield writer.end();
  };
  const ping = writer.ping();
  await sendStream(reply, texts(), { ping, fault: (error) => writer.fail(faultOf(error)) });
};

const keepAnswer = async (
  { format, turn: { keep } }: Pick<Answering, "format" | "turn">,
  head: OpenHead,
  answer: ChatAnswer,
): Promise<void> => {
  if (keep !== null) head.store = await keep(format.writeAnswer(answer, head));
};
