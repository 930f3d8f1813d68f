import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { PatchbayClient } from "@patchbay/api-client";
import type { ImportedBundleDto, InstallationDto } from "@patchbay/protocol";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output, UsageError } from "../output.ts";
import { saveStream } from "../save-stream.ts";
import { openClient } from "../session.ts";
import { size } from "../size.ts";
import { installVersion } from "./install.ts";
import { applyLock } from "./lock.ts";

/** `bundle create` and `bundle install`: plugins with all that they need as one file. */
export const addBundleCommands = (program: Command): void => {
  const bundle = program.command("bundle").description("Carry plugins to deployments without a network");

  bundle
    .command("create [plugins...]")
    .description(
      "Make a bundle of plugins (ID or ID@VERSION) with all that they need; of all installed ones by default",
    )
    .option("--output <file>", "where to", "patchbay-bundle.tar")
    .option("--lock", "put the organization's lock file in, too")
    .action(
      async (
        plugins: string[],
        { output: file, ...options }: CommonOptions & { output: string; lock?: boolean },
      ) => {
        const client = await openClient(options.org);
        const wanted = plugins.map((one) => {
          const [plugin = "", version] = one.split("@");
          return { plugin, ...(version !== undefined && { version }) };
        });
        const stream = await client.bundles.create({
          ...(wanted.length > 0 && { plugins: wanted }),
          ...(options.lock === true && { lock: true }),
        });
        const output = new Output(options.json);
        const bytes = await saveStream(stream, file, output);
        output.result({ file, bytes }, `${file}  ${size(bytes)}`);
      },
    );

  bundle
    .command("install <file>")
    .description("Take the packages of a bundle into the catalog and install what it was made for")
    .option("--enable", "enable it too")
    .option("--apply", "apply the lock file that is in the bundle instead")
    .option("--catalog-only", "install nothing")
    .option("--trust-keys", "take over the publishers' keys in it; for administrators of the deployment")
    .action(
      async (
        file: string,
        options: CommonOptions & {
          enable?: boolean;
          apply?: boolean;
          catalogOnly?: boolean;
          trustKeys?: boolean;
        },
      ) => {
        const client = await openClient(options.org);
        const output = new Output(options.json);
        const imported = await send(client, file, output, options.trustKeys === true);
        if (options.apply === true) return await applyFrom(imported, options);
        const installed = options.catalogOnly === true ? [] : await installAll(client, imported, options);
        const named = installed.map(({ plugin, version, state }) => `${plugin} ${version} is ${state}.`);
        const count = `${imported.packages.length} packages are in the catalog.`;
        output.result({ ...imported, installed }, [count, ...named].join("\n"));
      },
    );
};

const send = async (
  client: PatchbayClient,
  file: string,
  output: Output,
  trustKeys: boolean,
): Promise<ImportedBundleDto> => {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) throw new UsageError(`There is no file ${file}.`);
  const bundle = await openAsBlob(resolve(file), { type: "application/x-tar" });
  const { update, end } = output.bar(`Uploading ${basename(file)}`, bundle.size);
  try {
    return await client.bundles.import(bundle, { trustKeys, onSent: update });
  } finally {
    end();
  }
};

const installAll = async (
  client: PatchbayClient,
  { packages, roots }: ImportedBundleDto,
  options: CommonOptions & { enable?: boolean },
) => {
  const done: { plugin: string; version: string; state: string }[] = [];
  for (const { plugin, version } of roots) {
    // One may have come along with another that needs it.
    const present = (await client.plugins.list()).find((one) => one.plugin === plugin);
    const found = packages.find((one) => one.plugin === plugin && one.version === version);
    if (present !== undefined) done.push(await bringTo(client, present, version, options));
    else if (found !== undefined) done.push(await installVersion(client, found, options));
  }
  return done.map(({ plugin, version, state }) => ({ plugin, version, state }));
};

const bringTo = async (
  client: PatchbayClient,
  present: InstallationDto,
  version: string,
  { enable }: { enable?: boolean },
): Promise<InstallationDto> => {
  const { plugin } = present;
  const updated =
    present.version === version ? present : await client.plugins.update(plugin, { version, grants: [] });
  const mustStart = enable === true && updated.state === "disabled";
  return mustStart ? await client.plugins.step(plugin, "enable") : updated;
};

const applyFrom = async ({ lock }: ImportedBundleDto, options: CommonOptions): Promise<void> => {
  if (lock === undefined)
    throw new UsageError("The bundle has no lock file. Make it with `patchbay bundle create --lock`.");
  await applyLock({ lock }, options);
};
