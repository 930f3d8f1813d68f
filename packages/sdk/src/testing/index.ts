export type { LogEntry } from "./log-entry.ts";
export {
  createTestHarness,
  type ManifestPermissions,
  type TestHarness,
  type TestHarnessOptions,
} from "./test-harness.ts";
