import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../output.ts";
import { ownPackages } from "./own-packages.ts";
import type { ProjectFacts } from "./project-files.ts";
import { toolProject } from "./tool-project.ts";
import { uiProject } from "./ui-project.ts";

const PROJECTS: Readonly<Record<string, (facts: ProjectFacts) => Readonly<Record<string, string>>>> = {
  tool: toolProject,
  ui: uiProject,
};
export const TEMPLATES = Object.keys(PROJECTS);

const ID_PATTERN = /^[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*$/;

/**
 * Makes the folder of a new plugin, with all that npm's registry does not have, and returns its path. Throws `UsageError` for a bad
 * id, an unknown template or a folder that exists.
 */
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
  const packages = await ownPackages();
  const tarballs = Object.fromEntries(packages.map((one) => [one.path, one.tarball]));
  for (const [name, content] of Object.entries({ ...project({ id, packages }), ...tarballs })) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return path;
};
