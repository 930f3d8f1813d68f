import type { FetchHead, FetchParams, Place } from "@patchbay/protocol";

/**
 * What a request may take that the host makes in a plugin's stead, beyond what the plugin's own `fetch` may. Its body is what others
 * wrote, so that no secrets are put into it; whatever comes back without success quotes
 * none, and ends after its first 64 KiB.
 */
export interface EgressAllowance {
  /** Requests of one installation with the same name share connections. They do not count among its own. */
  readonly share: string;
  /** How many of them may be under way at once; further ones wait. */
  readonly atOnce: number;
  /** From the first byte out to the last byte in. */
  readonly totalMs: number;
}

export interface EgressRequest extends Omit<FetchParams, "hasBody"> {
  readonly body: Uint8Array | null;
  readonly signal: AbortSignal;
  readonly allowance?: EgressAllowance;
}

/** Turns placeholders into secrets at the last moment. */
export interface SecretResolver {
  /** How placeholders look; has the flag `g`. */
  readonly pattern: RegExp;
  /** The clear text. Throws `secret_refused` when the secret is not for this place. */
  reveal(placeholder: string, place: Place): string;
}

export interface EgressRules {
  /** Whose request it is: nobody's requests wait for another owner's. */
  readonly owner: string;
  /** Throws `permission_denied` when the request may not be made. Asked again for every redirect. */
  check(host: string, method: string): void;
  /**
   * Origins of this machine, each an address with scheme and port, that may be reached although they are not public. A name that leads to
   * one of them is none of them.
   */
  readonly local?: readonly string[];
  readonly secrets: SecretResolver;
}

/** The way out to other servers. One implementation: in `@patchbay/egress`. */
export interface Egress {
  /**
   * Throws `fetch_refused` (private address, scheme), `fetch_failed`, `fetch_too_large`, `secret_refused`, `cancelled`,
   * `deadline_exceeded` or what `rules.check` throws. The body must be read to its end or returned early.
   */
  fetch(
    request: EgressRequest,
    rules: EgressRules,
  ): Promise<{ head: FetchHead; body: AsyncIterable<Uint8Array> }>;
}
