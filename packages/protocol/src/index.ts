export { ERROR_CODES, type ErrorCode, type ErrorFacts, type FieldError, isErrorCode, PatchbayError, type Result } from "./errors.ts";
export * from "./limits.ts";
export { encodeFrame, type Frame, FrameDecoder, FrameError } from "./frame.ts";
export {
  FetchParams,
  type FetchHead,
  FileParams,
  FileWriteParams,
  HOST_METHODS,
  type HostMethod,
  type HostMethodName,
  isHostMethodName,
  type StorageEntry,
  StorageKeyParams,
  type StorageList,
  StorageListParams,
  StorageSetParams,
} from "./host-api.ts";
export {
  FoundContributions,
  GUEST_MESSAGES,
  type GuestMessage,
  type GuestMessageType,
  type HostMessage,
  LOG_LEVELS,
  type LogLevel,
  WireError,
} from "./messages.ts";
export {
  type Grant,
  hostMatches,
  isPermissionName,
  PERMISSION_NAMES,
  PERMISSIONS,
  type PermissionInfo,
  type PermissionKind,
  type PermissionName,
  type PermissionRequest,
  type ScopeField,
} from "./permissions.ts";
