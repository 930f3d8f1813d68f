import {
  type ErrorCode,
  type HostError,
  PatchbayError,
  type Questions,
  type WireError,
} from "@patchbay/protocol";

/** The codes that a plugin may answer its caller with. Everything else that it throws is `plugin_error`; that a call was given up is the host's to say. */
const PLUGIN_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  "answer_too_large",
  "call_loop",
  "fetch_failed",
  "fetch_refused",
  "fetch_too_large",
  "invalid_input",
  "model_not_found",
  "nobody_to_ask",
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

/** The call ends with questions to whoever made it. */
export const inputRequired = (questions: Questions): PatchbayError =>
  new PatchbayError("input_required", "The tool waits for an answer of the person behind the call.", {
    facts: { questions },
  });

/** Whose reason a plugin can do something by. */
const CODES_WITH_REASON: ReadonlySet<ErrorCode> = new Set(["model_failed", "permission_denied"]);

/** A host's error as the guest gets to see it: the platform's own faults without their text. */
export const errorForGuest = (error: unknown): HostError => {
  if (!(error instanceof PatchbayError)) return { code: "internal", message: "Patchbay itself failed." };
  const { code, message, errors, facts } = error;
  const { reason, retryAfterSeconds } = facts;
  return {
    code,
    message,
    ...(errors.length > 0 ? { errors: [...errors] } : {}),
    ...(CODES_WITH_REASON.has(code) && typeof reason === "string" && { reason }),
    ...(typeof retryAfterSeconds === "number" && { retryAfterSeconds }),
  };
};

export const outOfMemory = (memoryMb: number): PatchbayError =>
  new PatchbayError(
    "out_of_memory",
    `The plugin used more than its ${memoryMb} MiB of memory. Send less, or raise limits.memoryMb in its manifest.`,
    { facts: { memoryMb } },
  );

export const deadlineExceeded = (what: string, seconds: number): PatchbayError =>
  new PatchbayError("deadline_exceeded", `${what} did not come within ${seconds} s.`, { facts: { seconds } });

export const cpuExceeded = (ms: number, when: string): PatchbayError =>
  new PatchbayError(
    "cpu_exceeded",
    `The plugin was stopped: it used more than ${ms / 1000} s of the processor ${when}.`,
    {
      facts: { seconds: ms / 1000 },
    },
  );

/** Why a start failed: a crash in it is a failed activation, memory and deadlines keep their names. */
export const asActivationFault = (error: PatchbayError): PatchbayError =>
  error.code === "plugin_crashed" || error.code === "plugin_error"
    ? new PatchbayError("activation_failed", error.message, { cause: error })
    : error;
