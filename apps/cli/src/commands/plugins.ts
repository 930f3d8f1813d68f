import {
  type InstallationDto,
  type InstalledDto,
  LOG_LEVELS,
  type LogLevel,
  PatchbayError,
  SECRET_HOSTS,
} from "@patchbay/protocol";
import { type Command, Option } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { confirm, Output, table, UsageError } from "../output.ts";
import { openClient } from "../session.ts";
import { addCallsCommand } from "./calls.ts";
import { findPackage, type InstallOptions, installVersion, requirePermission, upload } from "./install.ts";
import { addInvokeCommand } from "./invoke.ts";
import { addMarketplaceCommands } from "./marketplace.ts";

type Options<T = unknown> = CommonOptions & T;

/** What people do with installed plugins: from `install` to `uninstall`, `invoke` and `logs`. */
export const addPluginCommands = (plugin: Command): void => {
  addMarketplaceCommands(plugin);

  plugin
    .command("install <package>")
    .description(
      "Install a zip, owner/repo@VERSION of GitHub, or ID or ID@VERSION of the catalog or a marketplace",
    )
    .option("--enable", "enable it too")
    .option("--grant <permission...>", "grant optional permissions besides the required ones")
    .option("--project <slug...>", "only for these projects")
    .action(async (source: string, options: InstallOptions) => {
      const client = await openClient(options.org);
      const version = await findPackage(client, source, new Output(options.json));
      show(options, await installVersion(client, version, options));
    });

  plugin
    .command("list")
    .description("List installed plugins")
    .action(async (options: Options) => {
      const plugins = await (await openClient(options.org)).plugins.list();
      const rows = plugins.map(({ plugin: id, version, state, update }) => [
        id,
        version,
        state,
        update ? `update to ${update.version}` : "",
      ]);
      new Output(options.json).result(plugins, table([["PLUGIN", "VERSION", "STATE", ""], ...rows]));
    });

  for (const [step, description] of [
    ["enable", "Start a plugin"],
    ["disable", "Stop a plugin; its settings and data stay"],
    ["rollback", "Go back to the version before the last update"],
  ] as const) {
    plugin
      .command(`${step} <plugin>`)
      .description(description)
      .action(async (id: string, options: Options) =>
        show(options, await (await openClient(options.org)).plugins.step(id, step)),
      );
  }

  plugin
    .command("update <plugin>")
    .description("Change to another version; a zip is uploaded first")
    .option("--to <version>", "the version; the newest otherwise")
    .addOption(new Option("--version <version>", "the same").hideHelp().conflicts("to"))
    .option("--package <zip>", "upload this package and update to it")
    .option("--grant <permission...>", "grant what the new version asks for")
    .action(
      async (
        id: string,
        options: Options<{ to?: string; version?: string; package?: string; grant?: string[] }>,
      ) => {
        const client = await openClient(options.org);
        const uploaded =
          options.package === undefined
            ? undefined
            : await upload(client, options.package, new Output(options.json));
        if (uploaded !== undefined && uploaded.plugin !== id)
          throw new UsageError(
            `${options.package} is ${uploaded.plugin} ${uploaded.version}, not ${id}. It is in the catalog now; nothing was updated.`,
          );
        const version = options.to ?? options.version ?? uploaded?.version;
        const grants = (options.grant ?? []).map((name) =>
          name === SECRET_HOSTS ? name : requirePermission(name),
        );
        const body = { ...(version !== undefined && { version }), grants };
        show(options, await client.plugins.update(id, body).catch(withGrantOption));
      },
    );

  plugin
    .command("uninstall <plugin>")
    .description("Remove a plugin with its settings, grants and data")
    .option("--disable", "disable it first if it is enabled")
    .action(async (id: string, options: Options<{ disable?: boolean }>) => {
      await confirm(options, `Remove ${id} with its settings, grants and stored data?`);
      const { plugins } = await openClient(options.org);
      await plugins.uninstall(id, { disable: options.disable === true }).catch((error: unknown) => {
        if (!(error instanceof PatchbayError && error.code === "plugin_enabled")) throw error;
        throw new PatchbayError(error.code, `"${id}" is enabled. Disable it first, or add --disable.`);
      });
      new Output(options.json).result({ plugin: id, uninstalled: true }, `${id} is uninstalled.`);
    });

  addInvokeCommand(plugin);
  addCallsCommand(plugin);

  plugin
    .command("logs <plugin>")
    .description("Print a plugin's log")
    .option("--follow", "go on printing lines as they come")
    .option("--level <level>", "the least severe level: debug, info, warn or error")
    .option("--limit <lines>", "how many lines", "100")
    .action(async (id: string, options: Options<{ follow?: boolean; level?: string; limit: string }>) => {
      const client = await openClient(options.org);
      const output = new Output(options.json);
      const filter = options.level === undefined ? {} : { level: requireLevel(options.level) };
      const lines = options.follow
        ? client.plugins.followLogs(id, filter, { reconnect: false })
        : await client.plugins.logs(id, { ...filter, limit: Number(options.limit) });
      for await (const line of lines)
        output.line(line, `${line.at}  ${line.level.padEnd(5)}  ${line.message}`);
    });
};

/** The same error, which says what to add to the command. */
const withGrantOption = (error: unknown): never => {
  if (!(error instanceof PatchbayError && error.code === "grants_required")) throw error;
  const missing = error.facts.missing as readonly { readonly name: string }[] | undefined;
  const names = [...new Set((missing ?? []).map(({ name }) => name))].join(" ");
  throw new PatchbayError(error.code, `${error.message} Add --grant ${names}.`, { facts: error.facts });
};

const requireLevel = (name: string): LogLevel => {
  const level = LOG_LEVELS.find((one) => one === name);
  if (level !== undefined) return level;
  throw new UsageError(`"${name}" is not a level; use ${LOG_LEVELS.join(", ")}.`);
};

const show = (options: CommonOptions, installation: InstallationDto & Partial<InstalledDto>): void => {
  const { plugin, version, state, along = [] } = installation;
  const others = along.map((one) => `${one.plugin} ${one.version}`).join(", ");
  const text = `${plugin} ${version} is ${state}.${others === "" ? "" : ` Installed with it: ${others}.`}`;
  new Output(options.json).result(installation, text);
};
