export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type IdempotencyOutcome =
  | { readonly kind: "new" }
  | { readonly kind: "recorded"; readonly response: RecordedResponse }
  | { readonly kind: "running" }
  | { readonly kind: "conflict" };

/** Answers by Idempotency-Key, per caller, for a day. */
export interface IdempotencyStore {
  /** Claims the key for a request, or tells what became of the earlier one. `requestHash` tells requests apart. */
  begin(caller: string, key: string, requestHash: string, now: Date): Promise<IdempotencyOutcome>;
  finish(caller: string, key: string, response: RecordedResponse): Promise<void>;
  /** Gives the claim back: the request failed in a way that may be repeated. */
  abandon(caller: string, key: string): Promise<void>;
  removeOlder(before: Date): Promise<void>;
}
