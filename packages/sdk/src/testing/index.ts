export {
  createTestHarness,
  type LogEntry,
  type TestHarness,
  type TestHarnessOptions,
} from "./test-harness.ts";
