import { openAsBlob } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { type FindingDto, PatchbayError } from "@patchbay/protocol";
import type { Command } from "commander";
import { Output, UsageError } from "../output.ts";
import { packFolder } from "../packing/pack.ts";
import {
  openRegistry,
  type RegistryOptions,
  registryOption,
  tokenOption,
} from "../registry/registry-client.ts";
import { describeFinding, describeSubmission } from "../registry/submission-text.ts";

/** `plugin publish`. */
export const addPublishCommand = (plugin: Command): void => {
  plugin
    .command("publish")
    .argument("[path]", "the folder or the zip", ".")
    .description("Publish a package, or the plugin of a folder, in a registry")
    .addOption(registryOption())
    .addOption(tokenOption())
    .action(async (path: string, options: RegistryOptions) => {
      const output = new Output(options.json);
      const client = await openRegistry(options);
      await withPackage(resolve(path), output, async (file) => {
        const zip = await openAsBlob(file);
        const bar = output.bar(basename(file), zip.size);
        try {
          const submission = await client.registry.publish(zip, bar.update);
          bar.end();
          output.result(submission, describeSubmission(submission));
        } catch (error) {
          bar.end();
          throw withFindings(error);
        }
      });
    });
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

/** The same error with the reasons in its message. */
const withFindings = (error: unknown): unknown => {
  if (!(error instanceof PatchbayError) || error.code !== "package_rejected") return error;
  const findings = error.facts.findings as readonly FindingDto[] | undefined;
  const lines = (findings ?? []).map((finding) => `  ${describeFinding(finding)}`);
  return new PatchbayError(error.code, ["The registry rejected the package.", ...lines].join("\n"), {
    facts: error.facts,
  });
};
