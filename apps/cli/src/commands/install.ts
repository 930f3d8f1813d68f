import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { PatchbayClient } from "@patchbay/api-client";
import {
  type Grant,
  type InstalledDto,
  isPermissionName,
  isVersion,
  PatchbayError,
  type PermissionName,
  type PermissionRequest,
  requestsOf,
  type VersionDto,
} from "@patchbay/protocol";
import type { CommonOptions } from "../common-options.ts";
import { confirm, type Output, UsageError } from "../output.ts";

export interface InstallOptions extends CommonOptions {
  readonly enable?: boolean;
  /** Optional permissions that are granted besides the required ones. */
  readonly grant?: readonly string[];
  readonly project?: string[];
}

/** Installs a version of the catalog with what it needs, after a word with the person about what each of them asks for. */
export const installVersion = async (
  client: PatchbayClient,
  version: InstallableVersion,
  options: InstallOptions,
): Promise<InstalledDto> => {
  const grants = await chooseGrants(version, options);
  const { along } = await client.catalog.resolution(version.plugin, version.version);
  const dependencies: Record<string, { grants: (PermissionName | Grant)[] }> = {};
  for (const one of along)
    dependencies[one.plugin] = { grants: await chooseGrants(one, { ...options, grant: [] }) };
  const installed = await client.plugins.install({
    plugin: version.plugin,
    version: version.version,
    grants,
    ...(along.length > 0 && { dependencies }),
    ...(options.project && { scope: { projects: options.project } }),
  });
  const result = options.enable ? await client.plugins.step(version.plugin, "enable") : installed;
  return { ...result, along: installed.along };
};

/** A version that can be installed: it is in the catalog, or will be fetched from a marketplace. */
export type InstallableVersion = Pick<VersionDto, "plugin" | "version" | "permissions">;

/** `owner/repo` or its address, perhaps with a version behind an @. */
const GITHUB = /^(?:(?:https?:\/\/)?(?:www\.)?github\.com\/)?([\w-]+\/[\w.-]+?)(?:\.git)?\/?(?:@v?(.+))?$/i;

/**
 * The version that a zip's path, owner/repo@VERSION, ID or ID@VERSION means. A zip is uploaded and a release of GitHub
 * imported; an id is looked for in the catalog and then in the marketplaces.
 */
export const findPackage = async (
  client: PatchbayClient,
  source: string,
  output: Output,
): Promise<InstallableVersion> => {
  const there = await stat(source).catch(() => null);
  if (there?.isFile()) return await upload(client, source, output);
  if (there?.isDirectory())
    throw new UsageError(`${source} is a folder. Pack it first with \`patchbay plugin pack ${source}\`.`);
  const [, repository, version] = source.endsWith(".zip") ? [] : (GITHUB.exec(source) ?? []);
  if (repository !== undefined) return await importRelease(client, repository, version);
  if (source.endsWith(".zip") || source.includes("/")) throw new UsageError(`There is no file ${source}.`);
  const [id = "", wanted] = source.split("@");
  if (wanted === "") throw new UsageError(`Name the version behind the @ of ${source}, or leave it out.`);
  const inCatalog = await client.catalog.plugin(id).catch(absent);
  const found = inCatalog?.versions.find(({ version }) => wanted === undefined || version === wanted);
  // What somebody uploaded is meant by its id alone, whatever a marketplace has under it.
  if (found !== undefined && (wanted !== undefined || found.source !== "marketplace")) return found;
  const offered = await findOffered(client, id, wanted, output).catch((error: unknown) => {
    // What is in the catalog can be installed while no marketplace answers.
    if (found !== undefined && error instanceof PatchbayError && error.code.startsWith("marketplace_"))
      return null;
    throw error;
  });
  const best = offered ?? found;
  if (best !== undefined) return best;
  throw new PatchbayError(
    "package_not_found",
    `Neither the catalog nor a marketplace has ${wanted === undefined ? "a plugin" : `version ${wanted} of`} ${id}.`,
  );
};

/** Which release is meant has to be said: nothing else in the command picks a version from a repository. */
const importRelease = async (
  client: PatchbayClient,
  repository: string,
  version: string | undefined,
): Promise<InstallableVersion> => {
  if (version === undefined || !isVersion(version))
    throw new UsageError(
      version === undefined
        ? `Name a release of the GitHub repository by its version: ${repository}@1.0.0. A file ${repository} is not there.`
        : `"${version}" is no version of a release, such as ${repository}@1.0.0.`,
    );
  return await client.marketplace.import({ source: "github", repository, version });
};

/** What a marketplace has: the newest that can be used there unless one is named. */
const findOffered = async (
  client: PatchbayClient,
  id: string,
  wanted: string | undefined,
  output: Output,
): Promise<InstallableVersion | null> => {
  const plugin = await client.marketplace.get(id).catch(absent);
  const usable = plugin?.versions.filter(({ yanked }) => yanked === undefined) ?? [];
  const chosen =
    wanted === undefined
      ? (usable.find(({ version }) => version === plugin?.latest) ?? usable[0])
      : plugin?.versions.find(({ version }) => version === wanted);
  if (plugin === undefined || chosen === undefined) return null;
  if (chosen.yanked) output.warning(`${id} ${chosen.version} was withdrawn: ${chosen.yanked.reason}`);
  if (plugin.deprecated) output.warning(`${id} is not to be used anew: ${plugin.deprecated.message}`);
  return {
    plugin: id,
    version: chosen.version,
    permissions: requestsOf(chosen.manifest),
  };
};

/** Nothing, for a thing that is not there. */
const absent = (error: unknown): undefined => {
  if (error instanceof PatchbayError && error.code === "package_not_found") return undefined;
  throw error;
};

/** Adds a zip to the catalog, showing how far that is. */
export const upload = async (client: PatchbayClient, file: string, output: Output): Promise<VersionDto> => {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) throw new UsageError(`There is no file ${file}.`);
  const zip = await openAsBlob(resolve(file), { type: "application/zip" });
  const { update, end } = output.bar(`Uploading ${basename(file)}`, zip.size);
  try {
    return await client.catalog.upload(zip, update);
  } finally {
    end();
  }
};

/** Required permissions after a word with the person, and those that were named. */
const chooseGrants = async (
  { plugin, permissions }: Pick<VersionDto, "plugin" | "permissions">,
  options: InstallOptions,
): Promise<(PermissionName | Grant)[]> => {
  const required = permissions.required as PermissionRequest[];
  if (required.length > 0) {
    const lines = required.map(
      ({ name, hosts, reason }) =>
        `  ${name}${hosts ? ` (${hosts.join(", ")})` : ""}${reason ? `: ${reason}` : ""}`,
    );
    await confirm(options, `${plugin} asks for\n${lines.join("\n")}\nGrant it?`);
  }
  const named = (options.grant ?? []).map(requirePermission);
  return [
    ...required.map(({ reason: _reason, ...grant }) => grant).filter(({ name }) => !named.includes(name)),
    ...named,
  ];
};

export const requirePermission = (name: string): PermissionName => {
  if (isPermissionName(name)) return name;
  throw new UsageError(`"${name}" is not a permission.`);
};
