import { FrameError, type WireError } from "@patchbay/protocol";
import { PluginError } from "@patchbay/sdk";

const MAX_MESSAGE_LENGTH = 4_000;
const MAX_STACK_LENGTH = 8_000;
const MAX_ERRORS = 100;
const MAX_ERROR_LENGTH = 1_000;

/** What was thrown, as it crosses the pipe. Never throws itself, whatever a plugin throws. */
export const wireError = (thrown: unknown): WireError => {
  try {
    return describe(thrown);
  } catch {
    return { code: "plugin_error", message: "The plugin threw something that cannot be described." };
  }
};

/** How the language says that a buffer did not get its memory. */
const NO_MEMORY = /allocation failed|could not allocate memory|out of memory/i;

const describe = (thrown: unknown): WireError => {
  if (thrown instanceof FrameError) return { code: "answer_too_large", message: thrown.message };
  if (!(thrown instanceof Error))
    return { code: "plugin_error", message: cut(String(thrown), MAX_MESSAGE_LENGTH) };
  const stack = typeof thrown.stack === "string" ? { stack: cut(thrown.stack, MAX_STACK_LENGTH) } : {};
  if (thrown instanceof PluginError) {
    const errors = thrown.errors.slice(0, MAX_ERRORS).map(({ pointer, message }) => ({
      pointer: cut(String(pointer), MAX_ERROR_LENGTH),
      message: cut(String(message), MAX_ERROR_LENGTH),
    }));
    return {
      code: cut(String(thrown.code), 64),
      message: cut(String(thrown.message), MAX_MESSAGE_LENGTH),
      ...(errors.length > 0 ? { errors } : {}),
      ...stack,
    };
  }
  if (thrown instanceof RangeError && NO_MEMORY.test(thrown.message))
    return {
      code: "out_of_memory",
      message: `The plugin used more memory than it may: ${thrown.message}`,
      ...stack,
    };
  const message = thrown.name === "Error" ? thrown.message : `${thrown.name}: ${thrown.message}`;
  return {
    code: "plugin_error",
    message: cut(message || "The plugin threw an error without a message.", MAX_MESSAGE_LENGTH),
    ...stack,
  };
};

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;
