/** Puts a text into the clipboard, and says whether it is there. Pages without a secure connection have no clipboard of their own. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
};

/** By a field that is selected for a moment: the only way without a secure connection. It stands in the dialog that holds the focus. */
const copySelected = (text: string): boolean => {
  const active = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "visually-hidden";
  (active?.closest("[role=dialog]") ?? document.body).append(field);
  try {
    field.select();
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (active instanceof HTMLElement) active.focus({ preventScroll: true });
  }
};
