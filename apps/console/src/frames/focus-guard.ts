import { POINTER_REACH_MS, TAB_REACH_MS } from "./limits.ts";

const FIELDS = "input, textarea, select, [contenteditable]";

/**
 * Notices a frame that takes the keyboard although nobody gave it: no pointer is over it and no Tab was pressed. The focus goes
 * back to where it was, and `stolen` hears of it. No attribute or header keeps a frame from doing that, so it is ended for it.
 */
export class FocusGuard {
  readonly #frame: HTMLIFrameElement;
  readonly #stolen: () => void;
  #before: Element | null = document.activeElement;
  #tabAt = Number.NEGATIVE_INFINITY;
  #isGiven = false;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(frame: HTMLIFrameElement, stolen: () => void) {
    this.#frame = frame;
    this.#stolen = stolen;
    document.addEventListener("focusin", this.#remember, true);
    window.addEventListener("keydown", this.#key, true);
    window.addEventListener("blur", this.#look);
  }

  /** Gives the frame the keyboard. */
  give(): void {
    this.#isGiven = true;
    this.#frame.focus();
  }

  close(): void {
    document.removeEventListener("focusin", this.#remember, true);
    window.removeEventListener("keydown", this.#key, true);
    window.removeEventListener("blur", this.#look);
    clearTimeout(this.#waiting);
  }

  #remember = ({ target }: FocusEvent): void => {
    if (!(target instanceof Element) || target === this.#frame) return;
    this.#before = target;
    this.#isGiven = false;
  };

  #key = ({ key, timeStamp }: KeyboardEvent): void => {
    if (key === "Tab") this.#tabAt = timeStamp;
  };

  #look = ({ timeStamp }: Event): void => {
    if (document.activeElement !== this.#frame || this.#isGiven) return;
    if (timeStamp - this.#tabAt < TAB_REACH_MS) return;
    this.#waiting ??= setTimeout(this.#decide, POINTER_REACH_MS);
  };

  #decide = (): void => {
    this.#waiting = undefined;
    if (document.activeElement !== this.#frame || this.#isGiven || this.#frame.matches(":hover")) return;
    // Nothing is typed anywhere: what takes the keyboard then takes nothing from anybody.
    if (!(this.#before instanceof HTMLElement && this.#before.matches(FIELDS))) return;
    const { ownerDocument } = this.#frame;
    this.#frame.blur();
    this.#stolen();
    if (this.#before instanceof HTMLElement && ownerDocument.contains(this.#before)) this.#before.focus();
    else window.focus();
  };
}
