import { useEffect, useRef } from "react";

/** Two keys one after the other count when they come within this, in milliseconds. */
const SEQUENCE_MS = 1_200;

/** Where a key typed is text. */
const isText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/**
 * Calls `actions["g p"]` when g, then p are typed, `actions["?"]` for one key; not in text fields, not with Ctrl, Alt or
 * Meta, and not while a dialog is open.
 */
export const useShortcuts = (actions: Readonly<Record<string, () => void>>): void => {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    let first = "";
    let firstAt = 0;
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isText(event.target)) return;
      if (document.querySelector('[role="dialog"], [role="alertdialog"]') !== null) return;
      const isSecond = first !== "" && event.timeStamp - firstAt < SEQUENCE_MS;
      const keys = isSecond ? `${first} ${event.key}` : event.key;
      const action = latest.current[keys];
      if (action !== undefined) {
        event.preventDefault();
        action();
      }
      const begins = Object.keys(latest.current).some((one) => one.startsWith(`${event.key} `));
      first = !isSecond && begins ? event.key : "";
      firstAt = event.timeStamp;
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
};
