import { createHash } from "node:crypto";
import type {} from "@fastify/multipart";
import {
  type IdempotencyStore,
  isDeploymentAdmin,
  type RecordedResponse,
  rightsIn,
  type SecretBox,
} from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { callerOf } from "./caller.ts";
import { wantsEvents } from "./event-stream.ts";
import { RepeatedAnswer, sendRepeated } from "./repeated-answer.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether a body asks for an answer that comes as a stream, where `Accept` does not say so. */
    isStreamed?: (body: unknown) => boolean;
  }
  interface FastifyRequest {
    /** Set while the request holds the claim of its Idempotency-Key. */
    idempotency: { readonly caller: string; readonly key: string } | null;
    /**
     * For a form with an Idempotency-Key, whose bytes tell it apart: claims the key once their digest is known. Throws
     * `RepeatedAnswer` for what was answered before.
     */
    claimForm: ((digest: string) => Promise<void>) | null;
  }
}

const METHODS = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** What may be answered otherwise in a moment: too late, too early, too much. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);
const KEY_PATTERN = /^[\x21-\x7e]{1,200}$/;
/** Larger answers are not kept; a repeated request is then told that the first one was done. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** What the caller could do when the answer was kept. */
const STANDING_HEADER = "patchbay-standing";

/**
 * Repeats the answer of a mutation that came with the same `Idempotency-Key`, instead of doing it twice. Answers may hold what is shown
 * once, so they are kept encrypted; and they are repeated only to a caller who can still do what they could do then.
 */
export const registerIdempotency = (
  app: FastifyInstance,
  store: IdempotencyStore,
  secrets: SecretBox,
): void => {
  const answers = new KeptAnswers(store, secrets);
  app.decorateRequest("idempotency", null);
  app.decorateRequest("claimForm", null);
  // Both hooks call back at once where there is no key, as in most requests.
  app.addHook("preHandler", (request, reply, done) => {
    const key = request.headers["idempotency-key"];
    const caller = callerOf(request);
    if (key === undefined || !METHODS.has(request.method) || caller === null) return done();
    // A stream cannot be kept and repeated.
    if (wantsEvents(request) || request.routeOptions.config.isStreamed?.(request.body)) return done();
    if (request.isMultipart()) {
      request.claimForm = async (digest) => {
        const earlier = await answers.claim(request, { caller, key, content: digest });
        if (earlier !== null) throw new RepeatedAnswer(earlier);
      };
      return done();
    }
    answers.claim(request, { caller, key, content: request.body ?? null }).then((earlier) => {
      if (earlier === null) done();
      else void sendRepeated(reply, earlier);
    }, done);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    if (request.idempotency === null) return done();
    answers.keep(request, reply, payload).then(() => done(), done);
  });
};

class KeptAnswers {
  readonly #store: IdempotencyStore;
  readonly #secrets: SecretBox;

  constructor(store: IdempotencyStore, secrets: SecretBox) {
    this.#store = store;
    this.#secrets = secrets;
  }

  /**
   * Claims the key for this request: null then; otherwise the answer to the first one with it. Throws `invalid_request`,
   * `idempotency_in_progress`, `idempotency_conflict`, or `forbidden` when the caller can do other things than then.
   */
  async claim(
    request: FastifyRequest,
    { caller, key, content }: { caller: string; key: string | string[]; content: unknown },
  ): Promise<RecordedResponse | null> {
    if (typeof key !== "string" || !KEY_PATTERN.test(key))
      throw new PatchbayError(
        "invalid_request",
        "An Idempotency-Key has 1 to 200 printable characters without spaces.",
      );
    const hash = digestOf([request.method, request.url, content]);
    const outcome = await this.#store.begin(caller, key, hash, new Date());
    switch (outcome.kind) {
      case "new":
        request.idempotency = { caller, key };
        return null;
      case "recorded":
        return this.#opened(request, outcome.response, contextOf(caller, key));
      case "running":
        throw new PatchbayError(
          "idempotency_in_progress",
          "A request with this Idempotency-Key is still running. Wait for it, then repeat.",
        );
      case "conflict":
        throw new PatchbayError(
          "idempotency_conflict",
          "This Idempotency-Key came with another request before. Use a new one.",
        );
    }
  }

  /** Keeps the answer for whoever repeats the request; gives the key free when it failed or cannot be kept. */
  async keep(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
    const held = request.idempotency;
    if (held === null) return;
    request.idempotency = null;
    const { caller, key } = held;
    const body =
      typeof payload === "string" || payload === undefined || payload === null ? (payload ?? "") : null;
    if (
      reply.statusCode >= 500 ||
      PASSING.has(reply.statusCode) ||
      body === null ||
      body.length > MAX_KEPT_BYTES
    )
      return await this.#store.abandon(caller, key);
    const headers: Record<string, string> = { [STANDING_HEADER]: standingOf(request) };
    for (const name of ["content-type", "location"]) {
      const value = reply.getHeader(name);
      if (typeof value === "string") headers[name] = value;
    }
    const sealed = this.#secrets.seal(body, contextOf(caller, key));
    await this.#store.finish(caller, key, { status: reply.statusCode, headers, body: sealed });
  }

  #opened(
    request: FastifyRequest,
    { status, headers, body }: RecordedResponse,
    context: string,
  ): RecordedResponse {
    const { [STANDING_HEADER]: standing, ...others } = headers;
    if (standing !== standingOf(request))
      throw new PatchbayError(
        "forbidden",
        "Your rights are others than when this Idempotency-Key was used. Look at what was done, and use a new key.",
      );
    return { status, headers: others, body: this.#secrets.open(body, context) };
  }
}

const contextOf = (caller: string, key: string): string => `idempotency ${JSON.stringify([caller, key])}`;

const digestOf = (content: unknown): string =>
  createHash("sha256").update(JSON.stringify(content)).digest("hex");

/** All that decides what the caller may do. */
const standingOf = ({ principal, registryCaller }: FastifyRequest): string => {
  const known = principal ?? (registryCaller?.kind === "principal" ? registryCaller.principal : undefined);
  if (known === undefined) return "token";
  const memberships = known.memberships.map((one) => [
    one.organization.id,
    one.role,
    rightsIn(known, one),
    [...one.projects].sort(),
  ]);
  return digestOf([isDeploymentAdmin(known), memberships]);
};
