export {
  createViewHarness,
  type ViewHarness,
  type ViewHarnessOptions,
} from "./view-harness.ts";
