import {
  REGISTRY_BADGES,
  type RegistryBadge,
  SUBMISSION_STATES,
  type SubmissionDto,
} from "@patchbay/protocol";
import { Argument, type Command, Option } from "commander";
import { Output } from "../output.ts";
import { openRegistry, type RegistryOptions, registryOption } from "../registry/registry-client.ts";
import { describeSubmission } from "../registry/submission-text.ts";
import { saveStream } from "../save-stream.ts";
import { size } from "../size.ts";

type State = SubmissionDto["state"];
/** As many as the registry tells at once. */
const MOST_LISTED = 200;

/** What administrators of a registry do with packages that were sent. */
export const addModerationCommands = (registry: Command): void => {
  registry
    .command("submissions")
    .description("List what was sent and is held back until you decide; for administrators of the registry")
    .addOption(
      new Option("--state <state>", "what became of it")
        .choices([...SUBMISSION_STATES, "all"])
        .default("quarantined"),
    )
    .addOption(registryOption())
    .action(async (options: RegistryOptions<{ state: State | "all" }>) => {
      const { registry: api } = await openRegistry(options);
      const filter = options.state === "all" ? {} : { state: options.state };
      const { items } = await api.submissions(null, { ...filter, limit: MOST_LISTED });
      const lines = items.map((item) => `${item.id ?? "-"}  ${describeSubmission(item)}`);
      const none = options.state === "quarantined" ? "Nothing waits for a decision." : "There is none.";
      new Output(options.json).result(items, lines.join("\n") || none);
    });

  registry
    .command("download <submission>")
    .description("Get the package that is held back, to look at it")
    .requiredOption("--output <file>", "where to")
    .addOption(registryOption())
    .action(async (id: string, options: RegistryOptions<{ output: string }>) => {
      const output = new Output(options.json);
      const stream = await (await openRegistry(options)).registry.heldPackage(id);
      const bytes = await saveStream(stream, options.output, output);
      output.result({ file: options.output, bytes }, `${options.output}  ${size(bytes)}`);
    });

  registry
    .command("release <submission>")
    .description("Publish what was held back")
    .addOption(registryOption())
    .action(async (id: string, options: RegistryOptions) => {
      const decided = await (await openRegistry(options)).registry.release(id);
      new Output(options.json).result(decided, describeSubmission(decided));
    });

  registry
    .command("reject <submission>")
    .description("Refuse what was held back; the publisher reads the reason")
    .requiredOption("--reason <text>", "why")
    .addOption(registryOption())
    .action(async (id: string, options: RegistryOptions<{ reason: string }>) => {
      const decided = await (await openRegistry(options)).registry.reject(id, options.reason);
      new Output(options.json).result(decided, describeSubmission(decided));
    });

  registry
    .command("badge <plugin>")
    .description("Say who stands behind a plugin; for administrators of the registry")
    .addArgument(new Argument("<badge>", "which").choices(REGISTRY_BADGES))
    .addOption(registryOption())
    .action(async (plugin: string, badge: RegistryBadge, options: RegistryOptions) => {
      await (await openRegistry(options)).registry.setBadge(plugin, { badge });
      new Output(options.json).result({ plugin, badge }, `${plugin} has the badge "${badge}".`);
    });
};
