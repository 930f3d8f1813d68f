import { type Command, Option } from "commander";

/** Options that every command takes. */
export interface CommonOptions {
  readonly json: boolean;
  readonly yes: boolean;
  readonly debug: boolean;
  readonly org?: string;
}

/** Adds them to every command below this one that has none below itself. */
export function addCommonOptions(command: Command): void {
  for (const child of command.commands) {
    addCommonOptions(child);
    if (child.commands.length > 0) continue;
    child.exitOverride();
    child
      .option("--json", "print JSON")
      .option("--yes", "answer every question with yes")
      .option("--debug", "print the stack of an error");
    child.addOption(new Option("--org <slug>", "the organization; PATCHBAY_ORG or default otherwise"));
  }
}
