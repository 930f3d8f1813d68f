import {
  type FrameMessage,
  type FrameTheme,
  MAX_FAULT_LENGTH,
  type Manifest,
  type UiFaultPhase,
  type ViewPlace,
} from "@patchbay/protocol";
import { FocusGuard } from "./focus-guard.ts";
import { type CallFrame, type ChannelFault, FrameChannel } from "./frame-channel.ts";
import { createFrameElement } from "./frame-element.ts";
import {
  HEARTBEAT_MS,
  MAX_FRAME_HEIGHT,
  MAX_REPORTED_FAULTS,
  MISSED_BEATS,
  START_BEATS,
  STOP_MS,
} from "./limits.ts";

/** Why a frame was taken away: what it threw and where, how it misused its port, or that it did not answer (`hang`) or start (`late`), or that it took the keyboard (`focus`). */
export type FrameReason = "load" | "activate" | "render" | "hang" | "late" | "left" | "focus" | ChannelFault;

/** How a frame stands. `cause` is one sentence for people: the plugin's own words for the first three reasons. */
export type FrameState =
  | { readonly kind: "loading" }
  | { readonly kind: "running" }
  | { readonly kind: "failed" | "hung"; readonly reason: FrameReason; readonly cause: string };

export interface FrameFault {
  readonly phase: UiFaultPhase;
  readonly message: string;
  readonly stack?: string;
}

export interface FrameView {
  readonly pluginId: string;
  readonly uiDigest: string;
  readonly manifest: Manifest;
  /** The name and place of the view, from `GET …/views`. */
  readonly name: string;
  readonly title: string;
  readonly place: ViewPlace;
}

export interface FrameSessionOptions {
  readonly view: FrameView;
  readonly theme: FrameTheme;
  /** A language tag. */
  readonly locale: string;
  /** The content may ask for this height at most, in CSS pixels. */
  readonly maxHeight?: number;
  /** Carries out what the view asks of the platform. Decides for whom and for which project; the view has no say in it. */
  readonly call: CallFrame;
  changed(state: FrameState): void;
  /** How high the content is, in CSS pixels, within `maxHeight`. */
  heightChanged?(height: number): void;
  /** Escape was pressed in the frame. */
  escaped?(): void;
  /** For the plugin's log. */
  faulted?(fault: FrameFault): void;
}

const PHASES: Readonly<Record<FrameReason, UiFaultPhase>> = {
  load: "load",
  activate: "activate",
  render: "render",
  hang: "hang",
  late: "load",
  left: "channel",
  focus: "channel",
  unreadable: "channel",
  unknown: "channel",
  flood: "channel",
  repeated: "channel",
};

/**
 * One view of a plugin in a frame of its own: makes the element, holds its only way out, watches whether it answers. A frame
 * that fails or hangs is taken away at once; `retry` begins anew. Framework-free.
 */
export class FrameSession {
  readonly #container: HTMLElement;
  readonly #options: FrameSessionOptions;
  #theme: FrameTheme;
  #state: FrameState = { kind: "loading" };
  #frame: HTMLIFrameElement | undefined;
  #focus: FocusGuard | undefined;
  #channel: FrameChannel | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #beats = 0;
  #answered = 0;
  #faults = 0;
  #stopped: (() => void) | undefined;

  /** The frame is put into `container`, whose size it takes. */
  constructor(container: HTMLElement, options: FrameSessionOptions) {
    this.#container = container;
    this.#options = options;
    this.#theme = options.theme;
    this.#open();
  }

  get state(): FrameState {
    return this.#state;
  }

  /** Begins anew with a fresh frame, whatever the state. */
  retry(): void {
    this.#remove();
    this.#open();
  }

  setTheme(theme: FrameTheme): void {
    this.#theme = theme;
    this.#channel?.send({ t: "theme", theme });
  }

  /** The plugin's settings changed: views that listen read them again. */
  settingsChanged(): void {
    this.#channel?.send({ t: "settings" });
  }

  focus(): void {
    this.#focus?.give();
  }

  /**
   * Runs the view's `onDeactivate` for a moment, then takes the frame away. Out of sight at once: whoever calls this may
   * remove the container, which a browser without `moveBefore` answers by ending the frame with it.
   */
  async close(): Promise<void> {
    if (this.#state.kind === "running" && this.#frame !== undefined && setAside(this.#frame)) {
      await new Promise<void>((resolve) => {
        this.#stopped = resolve;
        this.#channel?.send({ t: "stop" });
        setTimeout(resolve, STOP_MS);
      });
    }
    this.#remove();
  }

  #open(): void {
    const { uiDigest, title } = this.#options.view;
    const frame = createFrameElement(uiDigest, title);
    let loads = 0;
    frame.addEventListener("load", () => {
      loads += 1;
      // A plugin that navigates its frame has left the page that the console gave it.
      if (loads === 1) this.#connect(frame);
      else this.#end("left", "It left its own page.");
    });
    this.#frame = frame;
    this.#focus = new FocusGuard(frame, () =>
      this.#end("focus", "It took the keyboard without being asked."),
    );
    [this.#beats, this.#answered] = [0, 0];
    this.#container.append(frame);
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#change({ kind: "loading" });
  }

  #connect(frame: HTMLIFrameElement): void {
    const { port1, port2 } = new MessageChannel();
    const { view, locale, call } = this.#options;
    const channel = new FrameChannel(port1, call, {
      message: (message) => this.#receive(message),
      broken: (fault, cause) => this.#end(fault, cause),
    });
    this.#channel = channel;
    [this.#beats, this.#answered] = [0, 0];
    // The frame's origin is opaque and has no name to send to; so nothing in this message is a secret.
    frame.contentWindow?.postMessage("patchbay", "*", [port2]);
    const { pluginId, manifest, name, place, title } = view;
    channel.send({ t: "start", pluginId, manifest, view: name, place, title, locale, theme: this.#theme });
  }

  #receive(message: Exclude<FrameMessage, { t: "call" | "cancel" }>): void {
    switch (message.t) {
      case "ready":
        return;
      case "rendered":
        if (this.#state.kind === "loading") this.#change({ kind: "running" });
        return;
      case "pong":
        this.#answered = Math.max(this.#answered, Math.min(message.n, this.#beats));
        return;
      case "height":
        this.#options.heightChanged?.(Math.min(message.height, this.#options.maxHeight ?? MAX_FRAME_HEIGHT));
        return;
      case "escape":
        this.#options.escaped?.();
        return;
      case "fault":
        this.#takeFault(message);
        return;
      case "stopped":
        this.#stopped?.();
        return;
      default:
        message satisfies never;
    }
  }

  /** An error that nothing caught is told and does not end the view; one in loading or rendering does. */
  #takeFault({ phase, message, stack }: Extract<FrameMessage, { t: "fault" }>): void {
    if (phase === "runtime" || phase === "deactivate")
      this.#report({ phase, message, ...(stack !== undefined && { stack }) });
    else if (phase === "load" || phase === "activate" || phase === "render") this.#end(phase, message, stack);
  }

  #beat(): void {
    if (this.#beats - this.#answered >= MISSED_BEATS && this.#channel !== undefined) {
      this.#end("hang", `It has not answered for ${(MISSED_BEATS * HEARTBEAT_MS) / 1_000} seconds.`);
      return;
    }
    this.#beats += 1;
    if (this.#state.kind === "loading" && this.#beats > START_BEATS) {
      this.#end("late", `It was not there after ${(START_BEATS * HEARTBEAT_MS) / 1_000} seconds.`);
      return;
    }
    this.#channel?.send({ t: "ping", n: this.#beats });
  }

  #end(reason: FrameReason, cause: string, stack?: string): void {
    this.#remove();
    this.#report({ phase: PHASES[reason], message: cause, ...(stack !== undefined && { stack }) });
    this.#change({ kind: reason === "hang" ? "hung" : "failed", reason, cause });
  }

  #report(fault: FrameFault): void {
    this.#faults += 1;
    if (this.#faults > MAX_REPORTED_FAULTS) return;
    this.#options.faulted?.({ ...fault, message: fault.message.slice(0, MAX_FAULT_LENGTH) });
  }

  #remove(): void {
    clearInterval(this.#timer);
    this.#channel?.close();
    this.#focus?.close();
    this.#frame?.remove();
    this.#channel = undefined;
    this.#focus = undefined;
    this.#frame = undefined;
    this.#stopped?.();
    this.#stopped = undefined;
  }

  #change(state: FrameState): void {
    this.#state = state;
    this.#options.changed(state);
  }
}

/** Moves a frame out of sight without reloading it; false where a browser cannot. */
const setAside = (frame: HTMLIFrameElement): boolean => {
  const { body } = document;
  if (!("moveBefore" in body) || !frame.isConnected) return false;
  frame.inert = true;
  frame.style.cssText = "position: fixed; width: 0; height: 0; border: 0; visibility: hidden;";
  body.moveBefore(frame, null);
  return true;
};
