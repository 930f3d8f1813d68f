import { Command, CommanderError } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { addAuthorCommands } from "./commands/author.ts";
import { addBackupCommand } from "./commands/backup.ts";
import { addBundleCommands } from "./commands/bundle.ts";
import { addDevCommand } from "./commands/dev.ts";
import { addEndpointCommands } from "./commands/endpoints.ts";
import { addLockCommands } from "./commands/lock.ts";
import { addPluginCommands } from "./commands/plugins.ts";
import { addPublishCommand } from "./commands/publish.ts";
import { addRegistryCommands } from "./commands/registry.ts";
import { addRestoreCommand } from "./commands/restore.ts";
import { addScheduleCommands } from "./commands/schedules.ts";
import { addServerCommands } from "./commands/server.ts";
import { addSigningCommands } from "./commands/signing.ts";
import { addCommonOptions } from "./common-options.ts";
import { EXIT_BROKEN_PIPE, EXIT_WRONG_USE, Output, UsageError } from "./output.ts";
import { explainMissingRoute } from "./registry/registry-alone.ts";

// A reader that has read enough (head, less) ends the command as it would any other.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(EXIT_BROKEN_PIPE);
  });

const isJson = process.argv.includes("--json");

const program = new Command("patchbay")
  .description("Runs Patchbay, and makes, installs and watches plugins.")
  .version(packageJson.version)
  // So that --version behind a command is that command's.
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ outputError: (text, write) => (isJson ? undefined : write(text)) });

addServerCommands(program);
const plugin = program.command("plugin").description("Make, install and watch plugins");
addAuthorCommands(plugin);
addDevCommand(plugin);
addPluginCommands(plugin);
addSigningCommands(plugin);
addPublishCommand(plugin);
addEndpointCommands(program);
addScheduleCommands(program);
addLockCommands(program);
addBundleCommands(program);
addBackupCommand(program);
addRestoreCommand(program);
addRegistryCommands(program);
addCommonOptions(program);

try {
  await program.parseAsync();
} catch (error) {
  const output = new Output(isJson);
  const isDebug = process.argv.includes("--debug");
  if (!(error instanceof CommanderError)) output.failure(await explainMissingRoute(error), isDebug);
  else if (error.exitCode === 0) process.exitCode = 0;
  else if (isJson) output.failure(new UsageError(error.message.replace(/^error: /, "")), isDebug);
  else process.exitCode = EXIT_WRONG_USE;
}
