import { defineConfig } from "vitest/config";

/** How long `expect.poll` waits: what takes a moment takes seconds on a busy machine. */
const patient = { poll: { timeout: 15_000 } };

/**
 * Files that run side by side. Servers under test wait much (for a database, a deadline, a browser), so that two cores take two,
 * and more would only make them wait for each other.
 */
const WORKERS = 2;

/** What the servers under test start from. */
const PREPARED = "test/support/prepared-folder.ts";

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "plugins/*/src/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: patient,
        },
      },
      {
        test: {
          name: "domain",
          include: ["test/domain/**/*.test.ts"],
          globalSetup: "test/domain/support/database-server.ts",
          // Each file has a database of its own, and nothing else that another one could meet.
          isolate: false,
          testTimeout: 10_000,
          hookTimeout: 60_000,
          expect: patient,
        },
      },
      {
        test: {
          name: "system",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", "test/domain/**"],
          globalSetup: PREPARED,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: patient,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: PREPARED,
          testTimeout: 240_000,
          hookTimeout: 120_000,
          expect: patient,
        },
      },
    ],
  },
});
