import { relative, resolve } from "node:path";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output } from "../output.ts";
import { packFolder, validatePath } from "../packing/pack.ts";
import { runTests } from "../packing/run-tests.ts";
import { readSigningKey, signInPlace } from "../packing/signing-key.ts";
import { size } from "../size.ts";
import { makeProject, TEMPLATES } from "../template/make-project.ts";

/** What a plugin's author does: `init`, `validate`, `pack`, `test`. */
export const addAuthorCommands = (plugin: Command): void => {
  plugin
    .command("init <id>")
    .description("Make the folder of a new plugin, such as acme.weather")
    .option("--template <name>", `one of ${TEMPLATES.join(", ")}`, TEMPLATES[0])
    .option("--folder <path>", "where; a folder named after the plugin otherwise")
    .action(
      async (
        id: string,
        { template, folder, json }: CommonOptions & { template: string; folder?: string },
      ) => {
        const path = await makeProject(id, template, folder);
        const shown = relative(process.cwd(), path) || ".";
        new Output(json).result(
          { plugin: id, folder: path },
          `Made ${shown}. Next: ${shown === "." ? "" : `cd ${shown}, `}npm install, npm test, npm run pack. Its README.md says more.`,
        );
      },
    );

  plugin
    .command("validate")
    .argument("[path]", "the folder or the zip", ".")
    .description("Check a plugin's folder or package as the server would")
    .action(async (path: string, { json }: CommonOptions) => {
      const { id, version } = await validatePath(resolve(path));
      new Output(json).result({ valid: true, plugin: id, version }, `${id} ${version} is valid.`);
    });

  plugin
    .command("pack")
    .argument("[folder]", "the folder", ".")
    .description("Bundle a plugin's folder into a package")
    .option("--output <file>", "the zip; ID-VERSION.zip in the folder otherwise")
    .option("--sign [key]", "sign it, with this private key or that of PATCHBAY_SIGNING_KEY")
    .action(
      async (
        folder: string,
        { output: file, sign, json }: CommonOptions & { output?: string; sign?: string | true },
      ) => {
        const output = new Output(json);
        const privateKey =
          sign === undefined ? undefined : await readSigningKey(sign === true ? undefined : sign);
        output.progress("Packing…");
        const unsigned = await packFolder(resolve(folder), file);
        const packed =
          privateKey === undefined
            ? unsigned
            : { ...unsigned, ...(await signInPlace(unsigned.path, privateKey)) };
        output.endProgress();
        const { id, version } = packed.manifest;
        const facts = {
          plugin: id,
          version,
          file: packed.path,
          digest: packed.digest,
          bytes: packed.archiveBytes,
        };
        output.result(
          facts,
          `${packed.path}  ${id} ${version}, ${size(packed.archiveBytes)}, sha256 ${packed.digest}`,
        );
      },
    );

  plugin
    .command("test")
    .argument("[folder]", "the folder", ".")
    .description("Run the plugin's own tests")
    .action(async (folder: string) => {
      process.exitCode = await runTests(resolve(folder));
    });
};
