import { writeFile } from "node:fs/promises";
import {
  type Grant,
  type LockBody,
  type LockChangeDto,
  type LockFileDto,
  PatchbayError,
  parseJson,
  type ScopeDto,
} from "@patchbay/protocol";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { confirm, EXIT_FAILED, Output, table, UsageError } from "../output.ts";
import { printableJson } from "../printable.ts";
import { openClient } from "../session.ts";
import { readText, STANDARD_STREAM } from "./input.ts";

const DEFAULT_FILE = "patchbay.lock.json";
const SECRET_PREFIX = "PATCHBAY_SECRET_";

/** `lock` and `apply`: an organization's plugins as a file under version control. */
export const addLockCommands = (program: Command): void => {
  program
    .command("lock")
    .description("Write plugins, versions, grants, scopes and settings to a file; secrets by name only")
    .option("--output <file>", "where to; - for standard output", DEFAULT_FILE)
    .action(async ({ output: file, ...options }: CommonOptions & { output: string }) => {
      const lock = await (await openClient(options.org)).locks.read();
      const text = `${printableJson(lock, 2)}\n`;
      if (file === STANDARD_STREAM) {
        process.stdout.write(text);
        return;
      }
      await writeFile(file, text);
      const count = Object.keys(lock.plugins).length;
      new Output(options.json).result({ file, plugins: count }, `${file} names ${count} plugins.`);
    });

  program
    .command("apply")
    .argument("[file]", "the lock file; - for standard input", DEFAULT_FILE)
    .description("Make the organization's plugins what a lock file says")
    .option(
      "--plan",
      "change nothing; show what would change and what is in the way, and exit with 1 if anything is",
    )
    .option("--prune", "uninstall plugins that the file does not name, with their settings and data")
    .option(
      "--secrets <file>",
      `JSON with values of secrets by name; else ${SECRET_PREFIX}NAME of the environment`,
    )
    .action(
      async (
        file: string,
        options: CommonOptions & { plan?: boolean; prune?: boolean; secrets?: string },
      ) => {
        if (file === STANDARD_STREAM && options.secrets === STANDARD_STREAM)
          throw new UsageError("Standard input holds the lock file or the secrets, not both.");
        const lock = (await readJson(file)) as LockFileDto;
        const secrets = { ...secretsOfEnvironment(lock), ...(await secretsOf(options.secrets)) };
        const body: LockBody = {
          lock,
          ...(Object.keys(secrets).length > 0 && { secrets }),
          ...(options.prune === true && { prune: true }),
        };
        await applyLock(body, options);
      },
    );
};

/** Shows what would change, asks, and makes it so. With `plan` it only shows; the exit code says whether all of it is possible. */
export const applyLock = async (
  body: LockBody,
  options: CommonOptions & { plan?: boolean },
): Promise<void> => {
  const { locks } = await openClient(options.org);
  const output = new Output(options.json);
  const plan = await locks.plan(body);
  const shown = plan.changes.length === 0 ? "Nothing to change." : changesTable(plan.changes);
  const isBlocked = plan.changes.some(({ blocked }) => blocked !== undefined);
  if (options.plan === true || plan.changes.length === 0) {
    output.result(plan, [shown, ...unnamedNote(plan.unnamed, body)].join("\n"));
    if (isBlocked) process.exitCode = EXIT_FAILED;
    return;
  }
  if (!isBlocked) await confirm(options, `${shown}\nMake these changes?`);
  const applied = await locks.apply(body).catch((error: unknown) => {
    if (isBlocked && !options.json) process.stderr.write(`${shown}\n`);
    throw error;
  });
  output.result(applied, `${shown}\nDone.`);
};

const changesTable = (changes: readonly LockChangeDto[]): string =>
  table([
    ["PLUGIN", "CHANGE", "", ""],
    ...changes.map(({ plugin, action, from, to, blocked }) => [
      plugin,
      action,
      [from, to]
        .filter((value) => value !== undefined)
        .map((value) => asText(action, value))
        .join(" → "),
      blocked === undefined ? "" : `not possible: ${blocked.message}`,
    ]),
  ]);

const unnamedNote = (unnamed: readonly string[], { prune }: LockBody): string[] =>
  unnamed.length === 0 || prune === true
    ? []
    : [`Not in the file, left as they are (--prune uninstalls them): ${unnamed.join(", ")}`];

const asText = (action: LockChangeDto["action"], value: unknown): string => {
  if (typeof value === "string") return value;
  if (action === "grants") return (value as Grant[]).map(describeGrant).join(", ") || "none";
  if (action === "scope") {
    const { projects } = value as ScopeDto;
    return projects === "all" ? "all projects" : projects.join(", ");
  }
  if (action === "settings") return (value as LockedNames[]).map(describeNames).join("; ");
  return JSON.stringify(value);
};

/** Settings that change; of a project unless for all. */
interface LockedNames {
  readonly project?: string;
  readonly names: readonly string[];
}

const describeNames = ({ project, names }: LockedNames): string =>
  `${names.join(", ")}${project === undefined ? "" : ` in ${project}`}`;

/** The permission with what it is narrowed to. */
const describeGrant = ({ name, ...limits }: Grant): string => {
  const parts = Object.values(limits).flat();
  return parts.length === 0 ? name : `${name} (${parts.join(", ")})`;
};

/** `acme.weather/apiKey` is looked for as PATCHBAY_SECRET_ACME_WEATHER_APIKEY. */
const secretsOfEnvironment = (lock: LockFileDto): Record<string, string> => {
  const found: Record<string, string> = {};
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const name = (value as { readonly $secret?: unknown }).$secret;
    if (typeof name === "string") {
      const given = process.env[SECRET_PREFIX + name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_")];
      if (given !== undefined && given !== "") found[name] = given;
    }
    for (const child of Object.values(value)) visit(child);
  };
  visit(lock);
  return found;
};

const secretsOf = async (file: string | undefined): Promise<Record<string, string>> =>
  file === undefined ? {} : ((await readJson(file)) as Record<string, string>);

const readJson = async (file: string): Promise<unknown> => {
  const parsed = parseJson(await readText(file));
  if (parsed.ok) return parsed.value;
  throw new PatchbayError(
    "invalid_request",
    `${file === STANDARD_STREAM ? "Standard input" : file} ${parsed.error}.`,
  );
};
