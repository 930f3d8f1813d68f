import { createHash } from "node:crypto";
import type {} from "@fastify/multipart";
import type { IdempotencyStore } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { wantsEvents } from "./event-stream.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set while the request holds the claim of its Idempotency-Key. */
    idempotency: { readonly caller: string; readonly key: string } | null;
  }
}

const METHODS = new Set(["POST", "PUT", "PATCH", "DELETE"]);
const KEY_PATTERN = /^[\x21-\x7e]{1,200}$/;
/** Larger answers are not kept; a repeated request is then told that the first one was done. */
const MAX_KEPT_BYTES = 1024 * 1024;

/** Repeats the answer of a mutation that came with the same `Idempotency-Key`, instead of doing it twice. */
export const registerIdempotency = (app: FastifyInstance, store: IdempotencyStore): void => {
  app.decorateRequest("idempotency", null);
  // Both hooks call back at once where there is no key, as in most requests.
  app.addHook("preHandler", (request, reply, done) => {
    const key = request.headers["idempotency-key"];
    if (key === undefined || !METHODS.has(request.method) || request.principal === undefined) return done();
    if (wantsEvents(request)) return done(); // a stream cannot be kept and repeated
    claim(store, request, reply, key).then((isAnswered) => {
      if (!isAnswered) done();
    }, done);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    if (request.idempotency === null) return done();
    keep(store, request, reply, payload).then(() => done(), done);
  });
};

/** Claims the key for this request, or answers as the first one with it was answered: true then. */
const claim = async (
  store: IdempotencyStore,
  request: FastifyRequest,
  reply: FastifyReply,
  key: string | string[],
): Promise<boolean> => {
  if (typeof key !== "string" || !KEY_PATTERN.test(key)) {
    throw new PatchbayError(
      "invalid_request",
      "An Idempotency-Key has 1 to 200 printable characters without spaces.",
    );
  }
  const caller = request.principal.user.id;
  const outcome = await store.begin(caller, key, hashOf(request), new Date());
  switch (outcome.kind) {
    case "new":
      request.idempotency = { caller, key };
      return false;
    case "recorded":
      reply
        .code(outcome.response.status)
        .headers({ ...outcome.response.headers, "idempotent-replayed": "true" })
        .send(outcome.response.body);
      return true;
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
};

/** Keeps the answer for whoever repeats the request; gives the key free when it failed or cannot be kept. */
const keep = async (
  store: IdempotencyStore,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> => {
  const held = request.idempotency;
  if (held === null) return;
  request.idempotency = null;
  const body =
    typeof payload === "string" || payload === undefined || payload === null ? (payload ?? "") : null;
  if (reply.statusCode >= 500 || body === null || body.length > MAX_KEPT_BYTES)
    return await store.abandon(held.caller, held.key);
  const type = reply.getHeader("content-type");
  const headers: Record<string, string> = typeof type === "string" ? { "content-type": type } : {};
  await store.finish(held.caller, held.key, { status: reply.statusCode, headers, body });
};

/**
 * What must be the same for an answer to be repeated. An API key is not answered with what its person, or another key of theirs,
 * was told. A multipart body is not read yet: its length stands for it.
 */
const hashOf = (request: FastifyRequest): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        request.principal.key?.id ?? null,
        request.method,
        request.url,
        request.body ?? null,
        request.isMultipart() ? request.headers["content-length"] : null,
      ]),
    )
    .digest("hex");
