export { ERROR_CODES, type ErrorCode, type ErrorFacts, type FieldError, isErrorCode, PatchbayError, type Result } from "./errors.ts";
export * from "./limits.ts";
