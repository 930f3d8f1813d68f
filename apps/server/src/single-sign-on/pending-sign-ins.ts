import type { SecretBox } from "@patchbay/core";
import { SIGN_IN_MS } from "./limits.ts";

/** What a browser takes along to the provider and brings back, so that the way back is known to belong to the way out. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** A path on this server. */
  readonly returnTo: string;
}

/** Binds the sealed text to its use: no other sealed text opens as a pending sign-in. */
const CONTEXT = "sign-in";

/** Pending sign-ins as sealed text for the browser to keep. Nothing is kept here, so that any node may answer the return. */
export class PendingSignIns {
  readonly #secrets: SecretBox;
  readonly #now: () => Date;

  constructor(secrets: SecretBox, now: () => Date) {
    this.#secrets = secrets;
    this.#now = now;
  }

  /** Letters, digits, `.`, `-` and `_`. */
  seal(pending: PendingSignIn): string {
    const endsAt = this.#now().getTime() + SIGN_IN_MS;
    return this.#secrets.seal(JSON.stringify({ ...pending, endsAt }), CONTEXT);
  }

  /** null when the text was not sealed here or has ended. */
  open(sealed: string): PendingSignIn | null {
    const text = this.#opened(sealed);
    if (text === null) return null;
    // Whoever could write something else holds the deployment's key.
    const { endsAt, ...pending } = JSON.parse(text) as PendingSignIn & { endsAt: number };
    return this.#now().getTime() < endsAt ? pending : null;
  }

  #opened(sealed: string): string | null {
    try {
      return this.#secrets.open(sealed, CONTEXT);
    } catch {
      return null; // changed on its way, or sealed with a key that was since taken away: the person begins again
    }
  }
}
