import type { EndpointAuthentication } from "@patchbay/protocol";
import type { Page } from "./catalog-store.ts";

/** What an administrator decides about an address. */
export interface EndpointChoices {
  readonly title: string;
  readonly authentication: EndpointAuthentication;
  readonly enabled: boolean;
  /** Requests of one caller in a minute, on each node. */
  readonly perMinute: number;
  readonly maxBodyBytes: number;
  /** From the first byte of a request to the last of its answer. */
  readonly maxSeconds: number;
  /** Of pages that may call it from a browser; `*` is every one. */
  readonly origins: readonly string[];
  /** Whether the log has bodies of requests. */
  readonly keepsBodies: boolean;
}

/** An address at which a plugin answers requests from outside. */
export interface Endpoint extends EndpointChoices {
  readonly id: string;
  readonly organizationId: string;
  readonly installationId: string;
  readonly pluginId: string;
  /** Of the contribution. */
  readonly name: string;
  /** Slug of the only project that it is for; null: the organization. */
  readonly project: string | null;
  /** What stands in the URL. */
  readonly address: string;
  readonly createdAt: Date;
}

/** A key or a secret to sign with. There may be several, so that one can be put in another's place. */
export interface EndpointSecret {
  readonly id: string;
  readonly endpointId: string;
  /** The beginning, to tell it from others. */
  readonly hint: string;
  /** The hash of a key, or a secret to sign with, sealed. */
  readonly content: string;
  readonly createdAt: Date;
  /** null: it holds on. */
  readonly expiresAt: Date | null;
}

/** A request as the log has it. */
export interface EndpointRequest {
  readonly id: string;
  readonly endpointId: string;
  readonly at: Date;
  readonly method: string;
  /** As it was sent, below the address. */
  readonly path: string;
  /** With its question mark, or empty; secrets masked, as in `headers`. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly status: number;
  readonly durationMs: number;
  readonly requestBytes: number;
  readonly answerBytes: number;
  /** Of the error that it ended with. */
  readonly code: string | null;
  readonly message: string | null;
  /** All of it; empty where there was none. null: it was not kept, or did not come whole. */
  readonly body: Uint8Array | null;
  /** Id of the request that was made once more. */
  readonly replayOf: string | null;
}

/** A request as a list has it, without its body. */
export interface ListedEndpointRequest extends Omit<EndpointRequest, "body"> {
  /** Whether its body is there, though it may be empty. */
  readonly hasBody: boolean;
}

/** What a claim of a message found: it is to be delivered, it is being delivered, or it was. */
export type MessageClaim = "new" | "under_way" | "delivered";

export interface EndpointStore {
  /** The oldest first. */
  list(organizationId: string): Promise<Endpoint[]>;
  /** Of an installation. */
  count(installationId: string): Promise<number>;
  find(organizationId: string, id: string): Promise<Endpoint | null>;
  /** The same, which nobody else changes until the end of the transaction. */
  lock(organizationId: string, id: string): Promise<Endpoint | null>;
  findByAddress(address: string): Promise<Endpoint | null>;
  /** false: the address is taken. Throws `project_not_found` and `plugin_not_installed` for what has gone meanwhile. */
  add(endpoint: Omit<Endpoint, "pluginId" | "createdAt">): Promise<boolean>;
  /** false: the address is taken, after which a transaction does nothing more. */
  change(id: string, change: Partial<EndpointChoices & Pick<Endpoint, "address">>): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** The oldest first, those that have expired too. */
  secrets(endpointId: string): Promise<EndpointSecret[]>;
  /** Those of all of an organization's. */
  secretsOfAll(organizationId: string): Promise<EndpointSecret[]>;
  addSecret(secret: Omit<EndpointSecret, "createdAt">): Promise<void>;
  /** Those that hold on, or hold longer, end at this time. */
  expireSecrets(endpointId: string, at: Date): Promise<void>;
  removeSecrets(endpointId: string, expiredBefore: Date): Promise<void>;
  /** Of endpoints that are gone nothing is written down. */
  addRequests(requests: readonly EndpointRequest[]): Promise<void>;
  /** Newest first. */
  listRequests(
    endpointId: string,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ListedEndpointRequest>>;
  findRequest(endpointId: string, id: string): Promise<EndpointRequest | null>;
  /** Claims a message for its delivery, until a time after which whoever claimed it has gone. */
  claimMessage(endpointId: string, messageId: string, now: Date, until: Date): Promise<MessageClaim>;
  /** It was delivered, or it was not and may come again. */
  settleMessage(endpointId: string, messageId: string, isDelivered: boolean): Promise<void>;
  /** Keeps the newest requests of each endpoint, none that are older, and no message that came before. */
  trim(keep: number, before: Date, messagesBefore: Date): Promise<void>;
}
