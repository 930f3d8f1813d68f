import type { Header } from "./headers.ts";

/** A request as it came from outside. */
export interface OutsideRequest {
  readonly method: string;
  /** All of it, as whoever sent it knows the address. */
  readonly url: string;
  /** Of the address itself, without a slash at its end. */
  readonly base: string;
  /** As it was sent, below the address: with its slash, or empty. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: readonly Header[];
  /** null: it has none. */
  readonly body: AsyncIterable<Uint8Array> | null;
  /** Bytes of the body, where they are known beforehand. */
  readonly length: number | undefined;
  /** IP address. */
  readonly client: string;
  /** Aborted when whoever sent it has gone. */
  readonly signal: AbortSignal;
}

/** An answer on its way outside. */
export interface OutsideAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** As a whole, or to be read to its end or returned early. null: it has none. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  /** Bytes of the body, where they are known beforehand. */
  readonly size: number | undefined;
}

export const headerOf = ({ headers }: Pick<OutsideRequest, "headers">, name: string): string | undefined =>
  headers.find(([one]) => one === name)?.[1];
