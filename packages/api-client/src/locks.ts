import type { LockBody, LockFileDto, LockPlanDto } from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** The organization's plugins as one file. */
export class LocksApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  read(): Promise<LockFileDto> {
    return this.#transport.json("GET", this.#path);
  }

  /** What applying would change; nothing is changed. */
  plan(body: LockBody): Promise<LockPlanDto> {
    return this.#transport.json("POST", `${this.#path}/plan`, { body });
  }

  /** Makes it so. Throws `lock_blocked` with `changes` when a part of it cannot be done. */
  apply(body: LockBody): Promise<LockPlanDto> {
    return this.#transport.json("POST", `${this.#path}/apply`, { body });
  }

  get #path(): string {
    return `${this.#transport.organization}/lock`;
  }
}
