import { PatchbayError } from "@patchbay/protocol";
import { networkOf } from "../../people/accounts/network.ts";
import { hashToken } from "../../people/accounts/tokens.ts";
import type { SecretBox } from "../../plugins/settings/secret-box.ts";
import type { EndpointSecret, EndpointStore } from "../../ports/endpoint-store.ts";
import type { World } from "../../world.ts";
import { CallerMeter } from "./caller-meter.ts";
import type { KnownEndpoint } from "./endpoint-directory.ts";
import {
  CLAIM_GRACE_MS,
  MAX_COUNTED_CALLERS,
  MAX_MESSAGE_ID_LENGTH,
  MAX_STRANGERS_PER_MINUTE,
} from "./limits.ts";
import { headerOf, type OutsideRequest } from "./outside.ts";

/** What a message says of itself beside its body, as Standard Webhooks has it. */
export interface SignedMessage {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
}

/** Whether the message was signed with the secret (`whsec_…`), and lately. */
export type SignatureCheck = (message: SignedMessage, secret: string) => boolean;

/** A message that was claimed for its delivery. */
export interface ClaimedMessage {
  readonly id: string;
  readonly claim: "new" | "delivered";
}

export const sealContextOf = (secretId: string): string => `endpoint ${secretId}`;

/** Finds out whether whoever sends a request to an endpoint may, and lets each message in once. */
export class Doorkeeper {
  readonly #store: Pick<EndpointStore, "claimMessage">;
  readonly #box: SecretBox;
  readonly #isSigned: SignatureCheck;
  readonly #world: World;
  readonly #failures = new CallerMeter();
  readonly #requests = new CallerMeter();
  /** Networks that have signed rightly for an endpoint, the latest last. */
  readonly #signers = new Set<string>();

  constructor(parts: {
    readonly store: Pick<EndpointStore, "claimMessage">;
    readonly box: SecretBox;
    readonly isSigned: SignatureCheck;
    readonly world: World;
  }) {
    this.#store = parts.store;
    this.#box = parts.box;
    this.#isSigned = parts.isSigned;
    this.#world = parts.world;
  }

  /** Before any of the body is read. Throws `endpoint_unauthenticated`, and `rate_limited` for a network that goes on failing. */
  requireKey(known: KnownEndpoint, request: OutsideRequest): void {
    const { authentication } = known.endpoint;
    if (authentication === "none") return;
    // Whoever has the key is let in, whatever others of their network do; a signature is seen only when the body has been read.
    if (authentication === "key" && this.hasKey(known, request)) return;
    const stranger = strangerOf(known, request);
    this.#failures.require(stranger, MAX_STRANGERS_PER_MINUTE);
    if (authentication !== "key") return;
    this.countFailure(known, request);
    throw new PatchbayError(
      "endpoint_unauthenticated",
      'Send a key of this endpoint, as "Authorization: Bearer …" or as "X-Api-Key: …".',
    );
  }

  /** Whether the request came with a key that holds now. */
  hasKey(known: KnownEndpoint, request: OutsideRequest): boolean {
    const hash = hashToken(keyOf(request) ?? "");
    return this.#valid(known).some(({ content }) => content === hash);
  }

  /** Counts a request of whoever may send it. Throws `rate_limited`. Where nobody says who they are, networks are told apart. */
  count(known: KnownEndpoint, request: OutsideRequest): void {
    const { id, authentication, perMinute } = known.endpoint;
    const caller = authentication === "none" ? strangerOf(known, request) : id;
    this.#requests.require(caller, perMinute);
    this.#requests.add(caller);
  }

  /** Whether somebody of the network has signed rightly for this endpoint before, as far as this node knows. */
  hasSigned(known: KnownEndpoint, request: OutsideRequest): boolean {
    return this.#signers.has(strangerOf(known, request));
  }

  /** Counts a failure of whoever has not said who they are. */
  countFailure(known: KnownEndpoint, request: OutsideRequest): void {
    this.#failures.add(strangerOf(known, request));
  }

  /** Whether a message was delivered before. Throws `message_under_way` while it is being delivered. */
  async claim(known: KnownEndpoint, id: string): Promise<ClaimedMessage> {
    const now = this.#world.now();
    const { endpoint } = known;
    const until = new Date(now.getTime() + endpoint.maxSeconds * 1_000 + CLAIM_GRACE_MS);
    const claim = await this.#store.claimMessage(endpoint.id, id, now, until);
    if (claim !== "under_way") return { id, claim };
    throw new PatchbayError("message_under_way", `The message "${id}" is just being delivered.`, {
      facts: { retryAfterSeconds: 5 },
    });
  }

  /** The id of a message, once its whole body is here. Throws `endpoint_unauthenticated`. */
  requireSigned(known: KnownEndpoint, request: OutsideRequest, body: Uint8Array): string {
    const refuse = (what: string): PatchbayError => {
      this.countFailure(known, request);
      return new PatchbayError(
        "endpoint_unauthenticated",
        `${what} Sign the message as Standard Webhooks says: webhook-id, webhook-timestamp and webhook-signature.`,
      );
    };
    const id = headerOf(request, "webhook-id") ?? "";
    const timestamp = headerOf(request, "webhook-timestamp") ?? "";
    const signature = headerOf(request, "webhook-signature") ?? "";
    // A dot would let parts of what is signed pass for others.
    if (id === "" || id.length > MAX_MESSAGE_ID_LENGTH || /[^\x21-\x7e]|\./.test(id))
      throw refuse("The message has no id, or none of printable characters without a dot.");
    if (!/^\d{1,12}$/.test(timestamp)) throw refuse("The message has no time.");
    const text = textOf(body);
    if (text === null) throw refuse("The body is no text in UTF-8, which alone can be signed.");
    const message = { id, timestamp, signature, body: text };
    const secrets = this.#valid(known).flatMap((secret) => this.#opened(secret) ?? []);
    if (!secrets.some((secret) => this.#isSigned(message, secret)))
      throw refuse(
        "The signature fits none of the endpoint's secrets, or its time is not within five minutes.",
      );
    this.#remember(strangerOf(known, request));
    return id;
  }

  #remember(signer: string): void {
    this.#signers.delete(signer);
    this.#signers.add(signer);
    if (this.#signers.size <= MAX_COUNTED_CALLERS) return;
    const [oldest] = this.#signers;
    if (oldest !== undefined) this.#signers.delete(oldest);
  }

  #valid({ secrets }: KnownEndpoint): readonly EndpointSecret[] {
    const now = this.#world.now();
    return secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  }

  #opened({ id, content }: EndpointSecret): string | undefined {
    try {
      return this.#box.open(content, sealContextOf(id));
    } catch (error) {
      this.#world.log.error({ err: error, secret: id }, "a secret of an endpoint cannot be read");
      return undefined;
    }
  }
}

const keyOf = (request: OutsideRequest): string | undefined => {
  const [scheme, token] = headerOf(request, "authorization")?.split(" ") ?? [];
  return scheme?.toLowerCase() === "bearer" ? token : headerOf(request, "x-api-key");
};

const strangerOf = ({ endpoint }: KnownEndpoint, { client }: OutsideRequest): string =>
  `${endpoint.id} ${networkOf(client)}`;

const textOf = (body: Uint8Array): string | null => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
};
