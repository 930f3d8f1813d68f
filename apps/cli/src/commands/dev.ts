import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { PatchbayClient } from "@patchbay/api-client";
import {
  type Manifest,
  normalizePermission,
  PatchbayError,
  type PermissionRequest,
} from "@patchbay/protocol";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output } from "../output.ts";
import { packFolder, readManifest } from "../packing/pack.ts";
import { SourceWatcher } from "../packing/source-watcher.ts";
import { openClient } from "../session.ts";

/** `plugin dev`: from a saved file to a running plugin without a further command. */
export const addDevCommand = (plugin: Command): void => {
  plugin
    .command("dev")
    .argument("[folder]", "the folder", ".")
    .description("Upload every change of a plugin's folder at once, and update the installation")
    .option("--once", "upload the folder as it is, and end")
    .action(async (given: string, options: CommonOptions & { once?: boolean }) => {
      // As the bundler names it.
      const folder = await realpath(given).catch(() => resolve(given));
      const client = await openClient(options.org);
      const output = new Output(options.json);
      if (options.once === true) {
        tell(output, await bring(client, folder));
        return;
      }
      await readManifest(folder);
      await bringEachChange(client, folder, output);
    });
};

interface Brought {
  readonly plugin: string;
  readonly version: string;
  readonly milliseconds: number;
}

/** Watches until the process is ended. A change that cannot be brought is said, and the next one tried. */
const bringEachChange = async (client: PatchbayClient, folder: string, output: Output): Promise<void> => {
  let work = Promise.resolve();
  let waiting = false;
  const bringNext = (): void => {
    if (waiting) return;
    waiting = true;
    work = work.then(async () => {
      waiting = false;
      await attempt();
    });
  };
  const watcher = new SourceWatcher(folder, bringNext);
  const attempt = () =>
    bring(client, folder, (inputs) => watcher.follow(inputs)).then(
      (brought) => tell(output, brought),
      (error: unknown) => {
        output.failure(error, false);
        process.exitCode = 0;
      },
    );
  bringNext();
  await new Promise<void>((ended) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, ended);
  });
  watcher.close();
};

/** Packs the folder as a pre-release of its version, tells what that was made from, uploads it, and updates to it, or installs and enables it. */
const bring = async (
  client: PatchbayClient,
  folder: string,
  packed?: (inputs: readonly string[]) => void,
): Promise<Brought> => {
  const startedAt = performance.now();
  const { version: base } = await readManifest(folder);
  const version = `${base.replace(/[-+].*/, "")}-dev.${Date.now()}`;
  const temporary = await mkdtemp(join(tmpdir(), "patchbay-dev-"));
  try {
    const { path, manifest, inputs } = await packFolder(folder, join(temporary, "package.zip"), version);
    packed?.(inputs);
    await client.catalog.upload(new Blob([await readFile(path)]));
    await run(client, manifest);
    return { plugin: manifest.id, version, milliseconds: Math.round(performance.now() - startedAt) };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
};

/** What the plugin requires is granted: whoever develops it knows why. Optional permissions stay as they are. */
const run = async (client: PatchbayClient, manifest: Manifest): Promise<void> => {
  const { id: plugin, version } = manifest;
  const grants = (manifest.permissions?.required ?? []).map(normalizePermission).map(withoutReason);
  const installed = await client.plugins.get(plugin).catch((error: unknown) => {
    if (error instanceof PatchbayError && error.code === "plugin_not_installed") return null;
    throw error;
  });
  if (installed === null) {
    const { along } = await client.catalog.resolution(plugin, version);
    const dependencies = Object.fromEntries(
      along.map((one) => [
        one.plugin,
        { grants: (one.permissions.required as PermissionRequest[]).map(withoutReason) },
      ]),
    );
    await client.plugins.install({ plugin, version, grants, dependencies });
  } else await client.plugins.update(plugin, { version, grants });
  await client.plugins.step(plugin, "enable");
};

const withoutReason = ({ reason: _reason, ...grant }: PermissionRequest) => grant;

const tell = (output: Output, brought: Brought): void => {
  const time = new Date().toLocaleTimeString();
  output.line(brought, `${time}  ${brought.plugin} ${brought.version} runs (${brought.milliseconds} ms)`);
};
