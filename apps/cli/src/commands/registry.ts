import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type OsvDto, parseJson } from "@patchbay/protocol";
import { type Command, Option } from "commander";
import { Output, UsageError } from "../output.ts";
import { mirrorRegistry } from "../registry/mirror.ts";
import { MirrorBucket } from "../registry/mirror-bucket.ts";
import { MirrorFolder } from "../registry/mirror-folder.ts";
import {
  openRegistry,
  type RegistryOptions,
  registryOption,
  tokenOption,
} from "../registry/registry-client.ts";
import { RegistrySource } from "../registry/registry-source.ts";
import { requireUrl, serverUrl } from "../session.ts";
import { size } from "../size.ts";
import { addModerationCommands } from "./moderation.ts";
import { addPublisherCommands } from "./publishers.ts";

/** What publishers and operators of a registry do. */
export const addRegistryCommands = (program: Command): void => {
  const registry = program.command("registry").description("Publish plugins, and copy or run a registry");
  addPublisherCommands(registry.command("publisher").description("Who publishes plugins"));
  addPackageCommands(registry);
  addNoticeCommands(registry);
  addModerationCommands(registry);
  registry
    .command("mirror")
    .description("Copy a registry to plain files that any web server can serve")
    .requiredOption("--output <place>", "a folder, or s3://bucket/prefix; what is there already is kept")
    .addOption(
      new Option("--from <url>", "the registry; that of `login` otherwise").env("PATCHBAY_REGISTRY_URL"),
    )
    .action(async ({ output: folder, from, json }: RegistryOptions<{ output: string; from?: string }>) => {
      const output = new Output(json);
      const source = new RegistrySource(from === undefined ? await serverUrl() : requireUrl(from));
      const target = folder.startsWith("s3:")
        ? await MirrorBucket.open(folder, process.env)
        : new MirrorFolder(resolve(folder));
      const report = await mirrorRegistry(source, target, (done, all) =>
        output.progress(`Copying… ${done} of ${all} packages`),
      );
      output.endProgress();
      const { packages, versions, fetched, fetchedBytes } = report;
      output.result(
        report,
        `${packages} packages with ${versions} versions; ${fetched} fetched, ${size(fetchedBytes)}.`,
      );
    });
};

const addPackageCommands = (registry: Command): void => {
  registry
    .command("yank <package>")
    .description("Have a version chosen no more: ID@VERSION")
    .option("--reason <text>", "why")
    .option("--undo", "take it back")
    .addOption(registryOption())
    .addOption(tokenOption())
    .action(async (named: string, options: RegistryOptions<{ reason?: string; undo?: boolean }>) => {
      const [plugin = "", version = ""] = named.split("@");
      if (version === "") throw new UsageError("Name the version too: ID@VERSION.");
      const { registry: api } = await openRegistry(options);
      if (options.undo) await api.unyank(plugin, version);
      else await api.yank(plugin, version, required(options.reason, "--reason"));
      new Output(options.json).result(
        { plugin, version },
        `${named} is ${options.undo ? "back" : "yanked"}.`,
      );
    });

  registry
    .command("deprecate <plugin>")
    .description("Say that a plugin is not to be used anew")
    .option("--message <text>", "what to do instead")
    .option("--successor <plugin>", "what to use instead")
    .option("--undo", "take it back")
    .addOption(registryOption())
    .addOption(tokenOption())
    .action(
      async (
        plugin: string,
        options: RegistryOptions<{ message?: string; successor?: string; undo?: boolean }>,
      ) => {
        const { registry: api } = await openRegistry(options);
        if (options.undo) await api.undeprecate(plugin);
        else
          await api.deprecate(plugin, {
            message: required(options.message, "--message"),
            ...(options.successor !== undefined && { successor: options.successor }),
          });
        const state = options.undo ? "not deprecated any more" : "deprecated";
        new Output(options.json).result({ plugin }, `${plugin} is ${state}.`);
      },
    );
};

const addNoticeCommands = (registry: Command): void => {
  const advisory = registry.command("advisory").description("What is wrong with versions of plugins");
  advisory
    .command("publish <file>")
    .description("Publish an advisory, or another text of it: a file in OSV format")
    .addOption(registryOption())
    .addOption(tokenOption())
    .action(async (file: string, options: RegistryOptions) => {
      const read = await readAdvisory(file);
      const kept = await (await openRegistry(options)).registry.putAdvisory(read);
      new Output(options.json).result(kept, `${kept.id} is published.`);
    });

  advisory
    .command("withdraw <id>")
    .description("Say that an advisory was a mistake")
    .addOption(registryOption())
    .addOption(tokenOption())
    .action(async (id: string, options: RegistryOptions) => {
      const kept = await (await openRegistry(options)).registry.withdrawAdvisory(id);
      new Output(options.json).result(kept, `${kept.id} is withdrawn.`);
    });

  registry
    .command("block <plugin>")
    .description("Stop versions of a plugin everywhere; for administrators of the registry")
    .option("--versions <range>", "which", "*")
    .option("--reason <text>", "why")
    .option("--undo", "take it back")
    .addOption(registryOption())
    .action(
      async (
        plugin: string,
        options: RegistryOptions<{ versions: string; reason?: string; undo?: boolean }>,
      ) => {
        const { registry: api } = await openRegistry(options);
        const { versions } = options;
        if (options.undo) await api.unblock(plugin, versions);
        else await api.block({ plugin, versions, reason: required(options.reason, "--reason") });
        const state = options.undo ? "not blocked any more" : "blocked";
        new Output(options.json).result({ plugin, versions }, `${plugin} ${versions} is ${state}.`);
      },
    );
};

const readAdvisory = async (file: string): Promise<OsvDto> => {
  const content = await readFile(file).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  });
  const parsed = parseJson(content);
  if (parsed.ok) return parsed.value as OsvDto;
  throw new UsageError(`${file} ${parsed.error}.`);
};

const required = (value: string | undefined, option: string): string => {
  if (value !== undefined) return value;
  throw new UsageError(`${option} is missing.`);
};
