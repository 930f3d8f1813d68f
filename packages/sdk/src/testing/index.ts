export {
  createTestHarness,
  type LogEntry,
  type ManifestPermissions,
  type TestHarness,
  type TestHarnessOptions,
} from "./test-harness.ts";
