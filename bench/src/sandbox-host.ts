import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostAnswer, PluginSpec, RuntimeHost } from "@patchbay/core";

/** The least that a supervisor needs: scripts in a folder, checked against their digest at every read. */
export class BenchHost implements RuntimeHost {
  readonly #folder: string;
  #specs = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<BenchHost> {
    return new BenchHost(await mkdtemp(join(tmpdir(), "patchbay-bench-")));
  }

  /** Stores a script under an installation of its own. */
  async store(script: string): Promise<{ readonly spec: PluginSpec; readonly file: string }> {
    // A comment makes each one another script, so that no cache of scripts helps.
    const text = `${script}\n// ${this.#specs++}`;
    const scriptDigest = createHash("sha256").update(text).digest("hex");
    const file = join(this.#folder, scriptDigest);
    await writeFile(file, text);
    const spec = {
      installationId: `bench-${this.#specs}`,
      organizationId: "bench",
      pluginId: "bench.echo",
      version: "1.0.0",
      packageDigest: scriptDigest,
      scriptDigest,
      contributes: { tools: ["echo"] },
      memoryMb: 128,
      callSeconds: 30,
    };
    return { spec, file };
  }

  async beforeStart(): Promise<void> {
    // Every plugin may be measured.
  }

  async loadScript(digest: string): Promise<string> {
    const bytes = await readFile(join(this.#folder, digest));
    if (createHash("sha256").update(bytes).digest("hex") !== digest)
      throw new Error("The script is corrupt.");
    return bytes.toString("utf8");
  }

  async hostCall(): Promise<HostAnswer> {
    return { value: null };
  }

  async settings(): Promise<Record<string, unknown>> {
    return {};
  }

  log(): void {
    // Nobody reads it.
  }

  ended(): void {
    // The call that it was for tells.
  }

  gaveUp(_spec: PluginSpec, error: Error): void {
    throw error;
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}
