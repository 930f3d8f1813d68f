import { FrameError, type WireError } from "@patchbay/protocol";
import { PluginError } from "@patchbay/sdk";
import { inspect } from "./captured.ts";
import { withoutOwnFrames } from "./stacks.ts";

const MAX_MESSAGE_LENGTH = 4_000;
const MAX_STACK_LENGTH = 8_000;
const MAX_ERRORS = 100;
const INSPECT = { colors: false, depth: 3, iterableLimit: 20, strAbbreviateSize: 500 };
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
  if (thrown instanceof FrameError)
    return { code: "answer_too_large", message: `The plugin's answer cannot be sent. ${thrown.message}` };
  if (!(thrown instanceof Error))
    return { code: "plugin_error", message: cut(describeValue(thrown), MAX_MESSAGE_LENGTH) };
  const stack =
    typeof thrown.stack === "string" ? { stack: cut(withoutOwnFrames(thrown.stack), MAX_STACK_LENGTH) } : {};
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

/** What was thrown and is no error: its own message where it has one, else what it looks like. */
export const describeValue = (thrown: unknown): string => {
  if (typeof thrown === "string") return thrown || "The plugin threw an empty text.";
  if (typeof thrown !== "object" || thrown === null) return `The plugin threw ${String(thrown)}.`;
  const { message } = thrown as { message?: unknown };
  return typeof message === "string" && message !== ""
    ? message
    : `The plugin threw ${inspect(thrown, INSPECT)}`;
};

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;
