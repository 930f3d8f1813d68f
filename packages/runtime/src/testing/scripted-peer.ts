import type { PluginSpec } from "@patchbay/core";
import {
  encodeFrame,
  type FoundContributions,
  FrameDecoder,
  type GuestMessage,
  type HostMessage,
  NOT_BUILT_KINDS,
  SERVER_KIND_NAMES,
} from "@patchbay/protocol";
import { Instance } from "../instance/instance.ts";
import { LogIntake } from "../instance/log-intake.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import { createLinkedPair } from "../transport/linked-pair.ts";
import type { Transport } from "../transport/transport.ts";
import { guestOver } from "./guest-over-pair.ts";
import { TestHost } from "./host.ts";

type MessageOf<T extends HostMessage["t"]> = Extract<HostMessage, { t: T }>;

interface Heard {
  readonly message: HostMessage;
  readonly attachment: Uint8Array;
}

/** The guest's end of the wire, played by a test: says what the test wants, in or out of turn, and keeps what it hears. */
export class ScriptedPeer {
  readonly #transport: Transport;
  readonly #decoder = new FrameDecoder();
  readonly #heard: Heard[] = [];
  #arrived = Promise.withResolvers<void>();
  #reading: PromiseWithResolvers<void> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.listen({ data: (chunk) => this.#take(chunk), drained: () => undefined });
  }

  say(message: GuestMessage, attachment?: Uint8Array): void {
    this.write(encodeFrame(message, attachment));
    if (attachment !== undefined) this.write(attachment);
  }

  /** Sends bytes that may be no message. */
  write(bytes: Uint8Array): void {
    this.#transport.send([bytes]);
  }

  /** The first message of a type that was not asked for before; waits for it. */
  async hear<T extends HostMessage["t"]>(
    t: T,
  ): Promise<{ readonly message: MessageOf<T>; readonly attachment: Uint8Array }> {
    for (;;) {
      const place = this.#heard.findIndex(({ message }) => message.t === t);
      const [found] = place < 0 ? [] : this.#heard.splice(place, 1);
      if (found !== undefined) return { ...found, message: found.message as MessageOf<T> };
      await this.#arrived.promise;
    }
  }

  /** How many messages of a type have come that were not asked for. */
  count(t: HostMessage["t"]): number {
    return this.#heard.filter(({ message }) => message.t === t).length;
  }

  /** Reads nothing more until `readOn`. */
  stopReading(): void {
    this.#reading ??= Promise.withResolvers();
  }

  readOn(): void {
    this.#reading?.resolve();
    this.#reading = undefined;
  }

  /** As if its process had ended. */
  end(): void {
    this.#transport.kill();
  }

  #take(chunk: Uint8Array): Promise<void> | undefined {
    for (const { header, attachment } of this.#decoder.push(chunk))
      this.#heard.push({ message: header as HostMessage, attachment });
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    return this.#reading?.promise;
  }
}

export interface ScriptedInstance {
  readonly instance: Instance;
  readonly peer: ScriptedPeer;
  readonly host: TestHost;
  /** Faults of the host's own. */
  readonly faults: unknown[];
}

/** An instance that runs a plugin with the tool `go`, whose guest the test plays. */
export const openScriptedInstance = async (
  given: Partial<PluginSpec> = {},
  host = new TestHost(),
): Promise<ScriptedInstance> => {
  const faults: unknown[] = [];
  const onInternalFault = (error: unknown): void => void faults.push(error);
  const pair = createLinkedPair();
  const peer = new ScriptedPeer(pair.guest);
  peer.say({ t: "ready" });
  const sandbox = await Sandbox.of(guestOver(pair, 0), 128, onInternalFault);
  const log = new LogIntake((spec, lines) => host.log(spec, lines));
  const spec = host.script("", { contributes: { tools: ["go"] }, ...given });
  const instance = new Instance({ spec, sandbox, host, log, onInternalFault });
  const loading = instance.load({ script: new Uint8Array(0), deadlineMs: 10_000 });
  await peer.hear("load");
  peer.say({ t: "loaded", contributions: CONTRIBUTIONS });
  await loading;
  return { instance, peer, host, faults };
};

/** That one tool, and of every other kind nothing. */
const CONTRIBUTIONS = {
  ...Object.fromEntries([...SERVER_KIND_NAMES, ...NOT_BUILT_KINDS].map((kind) => [kind, []])),
  tools: [{ name: "go" }],
} as unknown as FoundContributions;
