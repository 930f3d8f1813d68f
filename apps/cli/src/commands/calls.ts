import type { CallFilter } from "@patchbay/api-client";
import type { CallDto } from "@patchbay/protocol";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output, requireNumber, table } from "../output.ts";
import { openClient } from "../session.ts";

interface CallsOptions extends CommonOptions {
  readonly limit: string;
  readonly project?: string;
  readonly ended?: string;
  readonly chain?: string;
}

/** Adds `patchbay plugin calls`. */
export const addCallsCommand = (plugin: Command): void => {
  plugin
    .command("calls [plugin]")
    .description("Print the log of calls: into a plugin, or into all")
    .option("--project <slug>", "only those for this project")
    .option("--ended <how>", "answered, failed, or the code of an error")
    .option("--chain <call>", "the calls of one chain, by the id of its first call")
    .option("--limit <calls>", "how many calls", "50")
    .action(async (id: string | undefined, { limit, project, ended, chain, ...options }: CallsOptions) => {
      const client = await openClient(options.org);
      const filter: CallFilter = {
        limit: requireNumber("--limit", limit),
        ...(id !== undefined && { plugin: id }),
        ...(project !== undefined && { project }),
        ...(ended !== undefined && { ended }),
        ...(chain !== undefined && { chain }),
      };
      const { items } = await client.calls.list(filter);
      new Output(options.json).result(items, table([HEAD, ...items.map(rowOf)]));
    });
};

const HEAD = ["WHEN", "MS", "CALLED", "BY", "ENDED", "CHAIN"];

const rowOf = ({ at, durationMs, plugin, name, caller, person, apiKey, code, chain }: CallDto): string[] => [
  at,
  durationMs.toFixed(1),
  `${plugin}/${name}`,
  caller ?? apiKey?.name ?? person?.name ?? "",
  code ?? "answered",
  chain,
];
