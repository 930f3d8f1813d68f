import { MAX_FAULT_LENGTH, type UiFaultPhase } from "@patchbay/protocol";
import type { HostPort } from "./host-port.ts";

/** Uncaught errors beyond this many are the same one again. */
const MAX_TOLD = 20;

/** Tells the console what went wrong in the frame. Never throws, whatever the plugin threw. */
export class Faults {
  readonly #port: HostPort;
  #told = 0;

  constructor(port: HostPort) {
    this.#port = port;
  }

  tell(phase: UiFaultPhase, thrown: unknown, componentStack = ""): void {
    if (this.#told >= MAX_TOLD) return;
    this.#told += 1;
    const { message, stack } = describe(thrown);
    this.#port.send({
      t: "fault",
      phase,
      message: message.slice(0, MAX_FAULT_LENGTH),
      ...((stack || componentStack) && { stack: `${stack}${componentStack}`.slice(0, MAX_FAULT_LENGTH) }),
    });
  }

  /** Errors that nothing caught do not end the view; they are told all the same. */
  watch(): void {
    addEventListener("error", ({ error, message }) => this.tell("runtime", error ?? message));
    addEventListener("unhandledrejection", ({ reason }) => this.tell("runtime", reason));
  }
}

const describe = (thrown: unknown): { message: string; stack: string } => {
  try {
    if (!(thrown instanceof Error)) return { message: String(thrown) || "Something was thrown.", stack: "" };
    const message = thrown.name === "Error" ? thrown.message : `${thrown.name}: ${thrown.message}`;
    return { message: message || "An error without a message.", stack: String(thrown.stack ?? "") };
  } catch {
    return { message: "Something was thrown that cannot be described.", stack: "" };
  }
};
