import { ERROR_CODES, type ErrorCode } from "./error-codes.ts";

/** One fault in a document: where (JSON pointer), what is wrong and how to mend it. */
export interface FieldError {
  readonly pointer: string;
  readonly message: string;
}

/** Facts beside the sentence, part of the problem document: `missing`, `dependents`, `retryAfterSeconds` and so on. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

/**
 * A refusal or failure that its reader can act on. Everything else that is thrown is a fault of Patchbay's own and
 * reaches nobody outside but as `internal`.
 */
export class PatchbayError extends Error {
  override readonly name = "PatchbayError";
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly facts: ErrorFacts;
  /** HTTP status; the code's own unless the place where it happened calls for another. */
  readonly status: number;

  /** `message` is a sentence for the person who reads it: what happened, where, what to do. */
  constructor(
    code: ErrorCode,
    message: string,
    details: { errors?: readonly FieldError[]; facts?: ErrorFacts; status?: number; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.errors = details.errors ?? [];
    this.facts = details.facts ?? {};
    this.status = details.status ?? ERROR_CODES[code][0];
  }
}

/** What checking untrusted input returns: the value, or every fault that was found. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };
