import { openAsBlob } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { PatchbayClient } from "@patchbay/api-client";
import { type FindingDto, type OsvDto, PatchbayError, type SubmissionDto } from "@patchbay/protocol";
import { type Command, Option } from "commander";
import type { CommonOptions } from "../main.ts";
import { Output, UsageError } from "../output.ts";
import { packFolder } from "../packing/pack.ts";
import { mirrorRegistry } from "../registry/mirror.ts";
import { RegistrySource } from "../registry/registry-source.ts";
import { openClient, serverUrl } from "../session.ts";

type Options<T = unknown> = CommonOptions & T & { readonly registry?: string; readonly token?: string };

const registryOption = () =>
  new Option("--registry <url>", "the registry's server; that of `login` otherwise").env(
    "PATCHBAY_REGISTRY_URL",
  );
const tokenOption = () =>
  new Option("--token <token>", "the publisher's token; a person's key otherwise").env(
    "PATCHBAY_REGISTRY_TOKEN",
  );

/** `plugin publish`. */
export const addPublishCommand = (plugin: Command): void => {
  plugin
    .command("publish [path]")
    .description("Publish a package, or the plugin of a folder, in a registry")
    .addOption(registryOption())
    .addOption(tokenOption())
    .action(async (path: string | undefined, options: Options) => {
      const output = new Output(options.json);
      const client = await openRegistry(options);
      await withPackage(resolve(path ?? "."), output, async (file) => {
        const zip = await openAsBlob(file);
        const bar = output.bar(basename(file), zip.size);
        try {
          const submission = await client.registry.publish(zip, bar.update);
          bar.end();
          output.result(submission, describe(submission));
        } catch (error) {
          bar.end();
          throw withFindings(error);
        }
      });
    });
};

/** What publishers and operators of a registry do. */
export const addRegistryCommands = (program: Command): void => {
  const registry = program.command("registry").description("Publish plugins, and copy or run a registry");
  addPublisherCommands(registry.command("publisher").description("Who publishes plugins"));
  addPackageCommands(registry);
  addNoticeCommands(registry);
  registry
    .command("mirror")
    .description("Copy a registry to plain files that any web server can serve")
    .requiredOption("--output <folder>", "where; what is there already is kept")
    .addOption(
      new Option("--from <url>", "the registry; that of `login` otherwise").env("PATCHBAY_REGISTRY_URL"),
    )
    .action(async ({ output: folder, from, json }: Options<{ output: string; from?: string }>) => {
      if (folder.startsWith("s3://"))
        throw new UsageError("A mirror is written to a folder. Copy that to the bucket with your S3 tool.");
      const output = new Output(json);
      const source = new RegistrySource(from ?? (await serverUrl()));
      const report = await mirrorRegistry(source, resolve(folder), (done, all) =>
        output.progress(`Copying… ${done} of ${all} packages`),
      );
      output.endProgress();
      const { packages, versions, fetched, fetchedBytes } = report;
      const size = `${(fetchedBytes / 1_000_000).toFixed(1)} MB`;
      output.result(report, `${packages} packages with ${versions} versions; ${fetched} fetched, ${size}.`);
    });
};

const addPublisherCommands = (publisher: Command): void => {
  publisher
    .command("create <publisher>")
    .description("Make a publisher: the first part of the ids of its plugins")
    .requiredOption("--name <name>", "what people call it")
    .option("--url <url>", "its website")
    .addOption(registryOption())
    .action(async (name: string, options: Options<{ name: string; url?: string }>) => {
      const client = await openRegistry(options);
      const body = {
        publisher: name,
        name: options.name,
        ...(options.url !== undefined && { url: options.url }),
      };
      const made = await client.registry.createPublisher(body);
      const next =
        made.proofs.length > 0
          ? "It may publish."
          : `To prove who it is, put this line into a TXT record of _patchbay.DOMAIN or into https://DOMAIN/.well-known/patchbay-publisher.txt, then run "patchbay registry publisher prove ${name} --domain DOMAIN":\n${made.proofLine}`;
      new Output(options.json).result(made, `Made the publisher ${name}. ${next}`);
    });

  publisher
    .command("prove <publisher>")
    .description("Prove that a domain belongs to the publisher")
    .option("--domain <domain>", "the domain")
    .option("--well-known", "by the file on its website instead of the DNS record")
    .option("--operator", "as an administrator of the registry: vouch for it")
    .addOption(registryOption())
    .action(
      async (
        name: string,
        options: Options<{ domain?: string; wellKnown?: boolean; operator?: boolean }>,
      ) => {
        const kind = options.operator ? "operator" : options.wellKnown ? "well-known" : "dns";
        const { domain } = options;
        const client = await openRegistry(options);
        const proven = await client.registry.prove(name, { kind, ...(domain !== undefined && { domain }) });
        new Output(options.json).result(proven, `${name} has proved who it is.`);
      },
    );

  publisher
    .command("token <publisher>")
    .description("Make a token for publishing; it is shown this once")
    .option("--name <name>", "what it is for", "command line")
    .option("--expires <time>", "when it ends, such as 2027-01-31")
    .addOption(registryOption())
    .action(async (name: string, options: Options<{ name: string; expires?: string }>) => {
      const client = await openRegistry(options);
      const expiresAt = options.expires === undefined ? undefined : timeOf(options.expires);
      const body = { name: options.name, ...(expiresAt !== undefined && { expiresAt }) };
      const made = await client.registry.createToken(name, body);
      new Output(options.json).result(made, made.token);
    });

  publisher
    .command("submissions <publisher>")
    .description("List what was sent in the publisher's name, and what became of it")
    .addOption(registryOption())
    .addOption(tokenOption())
    .action(async (name: string, options: Options) => {
      const { items } = await (await openRegistry(options)).registry.submissions(name);
      new Output(options.json).result(items, items.map(describe).join("\n") || "Nothing was sent yet.");
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
    .action(async (named: string, options: Options<{ reason?: string; undo?: boolean }>) => {
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
      async (plugin: string, options: Options<{ message?: string; successor?: string; undo?: boolean }>) => {
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
    .action(async (file: string, options: Options) => {
      const read = await readAdvisory(file);
      const kept = await (await openRegistry(options)).registry.putAdvisory(read);
      new Output(options.json).result(kept, `${kept.id} is published.`);
    });

  advisory
    .command("withdraw <id>")
    .description("Say that an advisory was a mistake")
    .addOption(registryOption())
    .addOption(tokenOption())
    .action(async (id: string, options: Options) => {
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
      async (plugin: string, options: Options<{ versions: string; reason?: string; undo?: boolean }>) => {
        const { registry: api } = await openRegistry(options);
        const { versions } = options;
        if (options.undo) await api.unblock(plugin, versions);
        else await api.block({ plugin, versions, reason: required(options.reason, "--reason") });
        const state = options.undo ? "not blocked any more" : "blocked";
        new Output(options.json).result({ plugin, versions }, `${plugin} ${versions} is ${state}.`);
      },
    );
};

/** With the publisher's token where there is one, otherwise with the key of whoever is signed in. */
const openRegistry = async ({ registry, token, org }: Options): Promise<PatchbayClient> => {
  const server = await serverUrl();
  if (token !== undefined) return new PatchbayClient({ url: registry ?? server, apiKey: token });
  // A key is for the server that gave it out, and shown to no other.
  if (registry !== undefined && new URL(registry).origin !== new URL(server).origin)
    throw new UsageError(
      `Give the publisher's token with --token, or run \`patchbay login --url ${registry}\`.`,
    );
  return await openClient(org);
};

/** The zip at the path, or one that is packed of the folder there and removed again. */
const withPackage = async (
  path: string,
  output: Output,
  use: (file: string) => Promise<void>,
): Promise<void> => {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new UsageError(`There is nothing at ${path}.`);
  if (!found.isDirectory()) return await use(path);
  const folder = await mkdtemp(join(tmpdir(), "patchbay-publish-"));
  try {
    output.progress("Packing…");
    const packed = await packFolder(path, join(folder, "package.zip"));
    output.endProgress();
    await use(packed.path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const SAID: Readonly<Record<SubmissionDto["state"], string>> = {
  passed: "is published",
  quarantined: "is held back until an administrator of the registry has looked at it",
  rejected: "was rejected",
  released: "is published",
  refused: "was refused",
};

const describe = ({ plugin, version, state, findings, reason }: SubmissionDto): string =>
  [
    `${plugin} ${version} ${SAID[state]}${reason === undefined ? "" : `: ${reason}`}`,
    ...findings.map((finding) => `  ${describeFinding(finding)}`),
  ].join("\n");

const describeFinding = ({ level, check, message, file, line }: FindingDto): string => {
  const place = file === undefined ? "" : ` (${file}${line === undefined ? "" : `:${line}`})`;
  return `${level}  ${check}: ${message}${place}`;
};

/** The same error with the reasons in its message. */
const withFindings = (error: unknown): unknown => {
  if (!(error instanceof PatchbayError) || error.code !== "package_rejected") return error;
  const findings = error.facts.findings as readonly FindingDto[] | undefined;
  const lines = (findings ?? []).map((finding) => `  ${describeFinding(finding)}`);
  return new PatchbayError(error.code, ["The registry rejected the package.", ...lines].join("\n"), {
    facts: error.facts,
  });
};

const readAdvisory = async (file: string): Promise<OsvDto> => {
  try {
    return JSON.parse(await readFile(file, "utf8")) as OsvDto;
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
};

const timeOf = (text: string): string => {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new UsageError(`"${text}" is not a time such as 2027-01-31.`);
  return time.toISOString();
};

const required = (value: string | undefined, option: string): string => {
  if (value !== undefined) return value;
  throw new UsageError(`${option} is missing.`);
};
