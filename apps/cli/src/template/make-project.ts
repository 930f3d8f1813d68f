import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../output.ts";
import { toolProject } from "./tool-project.ts";
import { uiProject } from "./ui-project.ts";

const PROJECTS: Readonly<Record<string, (id: string) => Readonly<Record<string, string>>>> = {
  tool: toolProject,
  ui: uiProject,
};
export const TEMPLATES = Object.keys(PROJECTS);

const ID_PATTERN = /^[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*$/;
const OWN_SDK_FOLDER = dirname(dirname(fileURLToPath(import.meta.resolve("@patchbay/sdk"))));

/** Makes the folder of a new plugin and returns its path. Throws `UsageError` for a bad id, an unknown template or a folder that exists. */
export const makeProject = async (
  id: string,
  template: string,
  folder: string | undefined,
): Promise<string> => {
  if (!ID_PATTERN.test(id))
    throw new UsageError(`"${id}" is not a plugin id: write publisher.name, such as acme.weather.`);
  const project = Object.hasOwn(PROJECTS, template) ? PROJECTS[template] : undefined;
  if (project === undefined)
    throw new UsageError(`There is no template "${template}"; there is ${TEMPLATES.join(", ")}.`);
  const path = resolve(folder ?? id.slice(id.indexOf(".") + 1));
  if (existsSync(path)) throw new UsageError(`${path} exists already. Choose another place with --folder.`);
  for (const [name, content] of Object.entries(project(id))) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  await linkSdk(path);
  return path;
};

/** Lets editors and the type checker find the SDK that came with this command, and the React that it works with. */
const linkSdk = async (path: string): Promise<void> => {
  for (const scope of ["@patchbay", "@types"])
    await mkdir(join(path, "node_modules", scope), { recursive: true });
  await symlink(OWN_SDK_FOLDER, join(path, "node_modules/@patchbay/sdk"), "dir");
  const sdk = createRequire(join(OWN_SDK_FOLDER, "package.json"));
  for (const name of ["react", "@types/react", "@types/node"]) {
    const found = sdk.resolve
      .paths(name)
      ?.map((folder) => join(folder, name))
      .find(existsSync);
    if (found !== undefined) await symlink(found, join(path, "node_modules", name), "dir");
  }
};
