import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where administrators' programs lie, of which the paths of others know nothing. */
const MORE_FOLDERS = ["/usr/sbin", "/usr/local/sbin"];

/** The path of an installed program; null when there is none of that name. */
export const findProgram = (name: string): string | null => {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...MORE_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
