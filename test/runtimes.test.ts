import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const OLD_BROTLI = `Object.defineProperty(process, "versions", { value: { ...process.versions, brotli: "1.2.0" } });`;
const PRELOAD = `data:text/javascript,${encodeURIComponent(OLD_BROTLI)}`;

interface LockEntry {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

describe("the runtime", () => {
  it("is refused by the server when strangers can reach a hole in it", () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", PRELOAD, join(ROOT, "apps/server/src/main.ts")],
      { encoding: "utf8", env: { ...process.env, PATCHBAY_PORT: "0" } },
    );
    expect(stderr).toMatch(/could not start.*brotli 1\.2\.0.*CVE-2026-111497/);
    expect(status).toBe(1);
  });
});

describe("the lock file", () => {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, LockEntry>>;
  };
  const installed = Object.entries(lock.packages).filter(
    ([path, { link }]) => path.includes("node_modules/") && link !== true,
  );

  it("has a checksum of every package", () => {
    expect(installed.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
  });

  it("names no server from which packages come", () => {
    const named = installed.filter(([, { resolved }]) => resolved?.startsWith("http"));
    expect(named).toEqual([]);
  });
});
