import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { PatchbayClient } from "@patchbay/api-client";
import {
  type Grant,
  type InstalledDto,
  isPermissionName,
  PatchbayError,
  type PermissionName,
  type PermissionRequest,
  type VersionDto,
} from "@patchbay/protocol";
import type { CommonOptions } from "../main.ts";
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
  version: VersionDto,
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

/** The version that a zip's path, ID or ID@VERSION means; a zip is uploaded. */
export const findPackage = async (
  client: PatchbayClient,
  source: string,
  output: Output,
): Promise<VersionDto> => {
  if (
    await stat(source).then(
      (found) => found.isFile(),
      () => false,
    )
  )
    return await upload(client, source, output);
  if (source.endsWith(".zip") || source.includes("/")) throw new UsageError(`There is no file ${source}.`);
  const [id = "", wanted] = source.split("@");
  const { versions } = await client.catalog.plugin(id);
  const found = wanted === undefined ? versions[0] : versions.find(({ version }) => version === wanted);
  if (found === undefined)
    throw new PatchbayError("package_not_found", `The catalog has no version ${wanted ?? ""} of ${id}.`);
  return found;
};

/** Adds a zip to the catalog, showing how far that is. */
export const upload = async (client: PatchbayClient, file: string, output: Output): Promise<VersionDto> => {
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
