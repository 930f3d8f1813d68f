import type { CallDetailDto, CallDto } from "@patchbay/protocol";
import type { Page, PageQuery, Transport } from "./transport.ts";

export interface CallFilter extends PageQuery {
  readonly plugin?: string;
  /** Of the contribution: `tools`, `models` and so on. */
  readonly kind?: string;
  readonly name?: string;
  readonly project?: string;
  /** Ids of a person, of an API key, and of the first call of a chain. */
  readonly person?: string;
  readonly apiKey?: string;
  readonly chain?: string;
  /** `answered`, `failed`, or the code of an error. */
  readonly ended?: string;
  /** RFC 3339: calls that began then or later, and before. */
  readonly since?: string;
  readonly until?: string;
}

/** The log of calls into plugins, as far as the caller may read it. */
export class CallsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Calls that have ended, newest first. One that has just ended may come a moment later. */
  list(query: CallFilter = {}): Promise<Page<CallDto>> {
    return this.#transport.json("GET", this.#calls, { query: { ...query } });
  }

  /** One call, with its chain. Throws `call_not_found`. */
  get(id: string): Promise<CallDetailDto> {
    return this.#transport.json("GET", `${this.#calls}/${encodeURIComponent(id)}`);
  }

  get #calls(): string {
    return `${this.#transport.organization}/calls`;
  }
}
