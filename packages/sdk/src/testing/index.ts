export type { TestRequest } from "./endpoints.ts";
export type { LogEntry } from "./log-entry.ts";
export type { ChatStandIn } from "./platform/chat.ts";
export type { MemoryStandIn } from "./platform/memory.ts";
export type { ToolsStandIn } from "./platform/tools.ts";
export {
  createTestHarness,
  type ManifestPermissions,
  type TestHarness,
  type TestHarnessOptions,
} from "./test-harness.ts";
