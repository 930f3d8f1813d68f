export type { LogEntry } from "./log-entry.ts";
export type { ChatStandIn } from "./platform/chat.ts";
export {
  createTestHarness,
  type ManifestPermissions,
  type TestHarness,
  type TestHarnessOptions,
} from "./test-harness.ts";
