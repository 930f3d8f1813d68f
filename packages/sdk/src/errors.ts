import type { ModelErrorCode } from "@patchbay/protocol";

/** One fault in an input: where (JSON pointer) and what is wrong. */
export interface InputFault {
  readonly pointer: string;
  readonly message: string;
}

export interface PluginErrorDetails {
  readonly errors?: readonly InputFault[];
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** Every copy of this module knows the errors of every other: plugin and platform are bundled apart. */
const BRAND = Symbol.for("patchbay.PluginError");
/** The base class answers for every code. */
const ANY_CODE = "*";

const isBranded = (value: unknown): value is { readonly code: string } =>
  typeof value === "object" && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true;

/**
 * What the platform throws in a plugin, and what a plugin throws to tell its caller more than "it failed". `code` is one
 * of the codes of docs/errors.md; `instanceof` goes by the code, so it holds across bundles.
 *
 * A tool that throws `new PluginError("invalid_input", …)`, `"not_available"` or `"quota_exceeded"` answers with this
 * code. Codes that are not a plugin's to use, and all other errors, reach the caller as `plugin_error`.
 */
export class PluginError extends Error {
  static readonly code: string = ANY_CODE;
  // Written out, because bundlers shorten the names of classes.
  override readonly name: string = "PluginError";
  readonly code: string;
  /** Faults of an input, by JSON pointer; empty for other errors. */
  readonly errors: readonly InputFault[];
  /** After how long it can be tried again, where that is known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, message: string, details: PluginErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.errors = details.errors ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  get [BRAND](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the class on the right of `instanceof`, a derived one perhaps
    return isInstance(this, value);
  }
}

const isInstance = (Class: typeof PluginError, value: unknown): boolean => {
  // A class that an author derived has no code of its own and is found by its prototype, as usual.
  if (!Object.hasOwn(Class, "code")) return Function.prototype[Symbol.hasInstance].call(Class, value);
  return isBranded(value) && (Class.code === ANY_CODE || value.code === Class.code);
};

/** The plugin was not granted what the call needs. Optional permissions can be withdrawn at any time: be ready for it. */
export class PermissionDeniedError extends PluginError {
  static override readonly code = "permission_denied";
  override readonly name = "PermissionDeniedError";
  constructor(message: string, details?: PluginErrorDetails) {
    super("permission_denied", message, details);
  }
}

/** What was named is another plugin's, or the host's: no grant gives it. It is a `PermissionDeniedError`, too. */
export class PluginPermissionError extends PluginError {
  static override readonly code = "permission_denied";
  override readonly name = "PluginPermissionError";
  constructor(message: string, details?: PluginErrorDetails) {
    super("permission_denied", message, details);
  }
}

/** This version of Patchbay does not have what was called. */
export class NotAvailableError extends PluginError {
  static override readonly code = "not_available";
  override readonly name = "NotAvailableError";
  constructor(message: string, details?: PluginErrorDetails) {
    super("not_available", message, details);
  }
}

/** The plugin has used up what it may store, or how often it may call. */
export class QuotaExceededError extends PluginError {
  static override readonly code = "quota_exceeded";
  override readonly name = "QuotaExceededError";
  constructor(message: string, details?: PluginErrorDetails) {
    super("quota_exceeded", message, details);
  }
}

/** The address may not be reached by this plugin: a private address, or a host or method that was not granted. */
export class FetchRefusedError extends PluginError {
  static override readonly code = "fetch_refused";
  override readonly name = "FetchRefusedError";
  constructor(message: string, details?: PluginErrorDetails) {
    super("fetch_refused", message, details);
  }
}

/** The remote server could not be reached, broke off or took too long. */
export class FetchFailedError extends PluginError {
  static override readonly code = "fetch_failed";
  override readonly name = "FetchFailedError";
  constructor(message: string, details?: PluginErrorDetails) {
    super("fetch_failed", message, details);
  }
}

/** The remote answer, or the request's body, is larger than plugins may handle. */
export class FetchTooLargeError extends PluginError {
  static override readonly code = "fetch_too_large";
  override readonly name = "FetchTooLargeError";
  constructor(message: string, details?: PluginErrorDetails) {
    super("fetch_too_large", message, details);
  }
}

/** A secret setting was about to be sent to a host that it is not for. */
export class SecretRefusedError extends PluginError {
  static override readonly code = "secret_refused";
  override readonly name = "SecretRefusedError";
  constructor(message: string, details?: PluginErrorDetails) {
    super("secret_refused", message, details);
  }
}

/** The model that was asked did not answer, or not to its end. */
export class ModelFailedError extends PluginError {
  static override readonly code = "model_failed";
  override readonly name = "ModelFailedError";
  /** What decides what to do next: `rate_limited` and `overloaded` pass, `context_too_long` and `content_filter` do not. */
  readonly reason: ModelErrorCode;
  constructor(message: string, details: PluginErrorDetails = {}) {
    super("model_failed", message, details);
    this.reason = (details.reason ?? "upstream_failed") as ModelErrorCode;
  }
}

/** The input does not have the form that is needed; `errors` says where. */
export class InvalidInputError extends PluginError {
  static override readonly code = "invalid_input";
  override readonly name = "InvalidInputError";
  constructor(message: string, details?: PluginErrorDetails) {
    super("invalid_input", message, details);
  }
}

const BY_CODE: Readonly<Record<string, new (message: string, details?: PluginErrorDetails) => PluginError>> =
  {
    permission_denied: PermissionDeniedError,
    not_available: NotAvailableError,
    quota_exceeded: QuotaExceededError,
    fetch_refused: FetchRefusedError,
    fetch_failed: FetchFailedError,
    fetch_too_large: FetchTooLargeError,
    secret_refused: SecretRefusedError,
    invalid_input: InvalidInputError,
    model_failed: ModelFailedError,
  };

/** Why `permission_denied` was said of something that is not the plugin's own. */
const FOREIGN_NAMESPACE = "foreign_namespace";

/** An error of the class that belongs to `code`; `PluginError` itself when there is none. */
export const pluginError = (code: string, message: string, details?: PluginErrorDetails): PluginError => {
  if (code === PluginPermissionError.code && details?.reason === FOREIGN_NAMESPACE)
    return new PluginPermissionError(message, details);
  const Known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  return Known ? new Known(message, details) : new PluginError(code, message, details);
};
