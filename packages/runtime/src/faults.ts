import { type ErrorCode, PatchbayError, type WireError } from "@patchbay/protocol";
import type { ProcessEnd } from "./sandbox/guest-process.ts";

/** The codes that a plugin may answer its caller with. Everything else that it throws is `plugin_error`. */
const PLUGIN_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  "answer_too_large",
  "cancelled",
  "fetch_failed",
  "fetch_refused",
  "fetch_too_large",
  "invalid_input",
  "not_available",
  "out_of_memory",
  "permission_denied",
  "plugin_error",
  "quota_exceeded",
  "secret_refused",
  "tool_not_found",
]);

/** A guest's error as the host passes it on. */
export const errorFromGuest = (error: WireError): PatchbayError => {
  const code = PLUGIN_CODES.has(error.code) ? (error.code as ErrorCode) : "plugin_error";
  return new PatchbayError(code, error.message, error.errors ? { errors: error.errors } : {});
};

/** A host's error as the guest gets to see it: the platform's own faults without their text. */
export const errorForGuest = (error: unknown): WireError => {
  if (!(error instanceof PatchbayError)) return { code: "internal", message: "Patchbay itself failed." };
  const { code, message, errors } = error;
  return { code, message, ...(errors.length > 0 ? { errors: [...errors] } : {}) };
};

/** What V8 and the C++ runtime say when memory is used up. */
const OUT_OF_MEMORY =
  /out of memory|heap limit|allocation failed|cannot allocate memory|bad_alloc|OOM error|memory allocation of/i;

/** Every other reason to abort is printed. For this one, the memory to print it may be missing too. */
const isSpeechlessAbort = ({ signal, stderr }: ProcessEnd): boolean =>
  signal === "SIGABRT" && stderr.trim() === "";

/** Why a sandbox ended that nobody ended. */
export const errorFromEnd = (end: ProcessEnd, memoryMb: number): PatchbayError => {
  if (OUT_OF_MEMORY.test(end.stderr) || isSpeechlessAbort(end)) return outOfMemory(memoryMb);
  const how = end.signal === null ? `with code ${end.code}` : `by ${end.signal}`;
  return new PatchbayError(
    "plugin_crashed",
    `The plugin's process ended ${how}. Try again; its log may say more.`,
  );
};

export const outOfMemory = (memoryMb: number): PatchbayError =>
  new PatchbayError(
    "out_of_memory",
    `The plugin used more than its ${memoryMb} MiB of memory. Send less, or raise limits.memoryMb in its manifest.`,
    { facts: { memoryMb } },
  );

export const deadlineExceeded = (what: string, seconds: number): PatchbayError =>
  new PatchbayError("deadline_exceeded", `${what} did not come within ${seconds} s.`, { facts: { seconds } });

/** Why a start failed: a crash in it is a failed activation, memory and deadlines keep their names. */
export const asActivationFault = (error: PatchbayError): PatchbayError =>
  error.code === "plugin_crashed" || error.code === "plugin_error"
    ? new PatchbayError("activation_failed", error.message, { cause: error })
    : error;
