import type { ClipboardEvent } from "react";
import { MAX_EDITED_CHARACTERS } from "../../limits.ts";

/** Takes a pasted text that is too long for a field past it: the browser would lay the field out with it. */
export const pasteWhole = (
  event: ClipboardEvent<HTMLInputElement | HTMLTextAreaElement>,
  change: (text: string) => void,
): void => {
  const { value, selectionStart, selectionEnd } = event.currentTarget;
  const pasted = event.clipboardData.getData("text/plain");
  if (value.length + pasted.length <= MAX_EDITED_CHARACTERS) return;
  event.preventDefault();
  change(value.slice(0, selectionStart ?? value.length) + pasted + value.slice(selectionEnd ?? value.length));
};
