import { createHash } from "node:crypto";
import type {} from "@fastify/multipart";
import type { IdempotencyStore } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
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
  app.addHook("preHandler", async (request, reply) => {
    const key = request.headers["idempotency-key"];
    if (key === undefined || !METHODS.has(request.method) || request.principal === undefined) return;
    if (wantsEvents(request)) return; // a stream cannot be kept and repeated
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
        return;
      case "recorded":
        return reply
          .code(outcome.response.status)
          .headers({ ...outcome.response.headers, "idempotent-replayed": "true" })
          .send(outcome.response.body);
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
      default:
        outcome satisfies never;
    }
  });
  app.addHook("onSend", async (request, reply, payload) => {
    const claim = request.idempotency;
    if (claim === null) return;
    request.idempotency = null;
    const body =
      typeof payload === "string" || payload === undefined || payload === null ? (payload ?? "") : null;
    if (reply.statusCode >= 500 || body === null || body.length > MAX_KEPT_BYTES)
      return await store.abandon(claim.caller, claim.key);
    const type = reply.getHeader("content-type");
    const headers: Record<string, string> = typeof type === "string" ? { "content-type": type } : {};
    await store.finish(claim.caller, claim.key, { status: reply.statusCode, headers, body });
  });
};

/** A multipart body is not read yet: its length stands for it. */
const hashOf = (request: FastifyRequest): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        request.method,
        request.url,
        request.body ?? null,
        request.isMultipart() ? request.headers["content-length"] : null,
      ]),
    )
    .digest("hex");
