import { existsSync } from "node:fs";
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UNFINISHED_RESTORE } from "../config/data-folder.ts";

/** What stays while the rest of a broken-off restore goes: the mark, and the database, which its own launcher looks after. */
const KEPT = [UNFINISHED_RESTORE, "postgres"];

/**
 * Marks an empty or absent data folder, or one whose restore was broken off, as being restored into: no server starts on it until
 * `finishFolder`. Throws for any other folder.
 */
export const claimFolder = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const marked = existsSync(join(path, UNFINISHED_RESTORE));
  if (!marked && (await readdir(path)).some((name) => name !== "lost+found"))
    throw new Error(`${path} is not empty. Name another folder: what is there is never replaced.`);
  await using mark = await open(join(path, UNFINISHED_RESTORE), "w", 0o600);
  await mark.sync();
  await syncFolder(path);
};

/** Takes away what a broken-off restore left, once nobody else can be at work in the folder. */
export const clearFolder = async (path: string): Promise<void> => {
  for (const name of await readdir(path))
    if (!KEPT.includes(name) && name !== "lost+found")
      await rm(join(path, name), { recursive: true, force: true });
};

/** From now on all of it is there. */
export const finishFolder = async (path: string): Promise<void> => {
  await syncFolder(path);
  await rm(join(path, UNFINISHED_RESTORE));
  await syncFolder(path);
};

/** Throws where a restore into the folder itself was broken off. */
export const requireFinished = (path: string): void => {
  if (existsSync(join(path, UNFINISHED_RESTORE)))
    throw new Error(
      `A restore into ${path} was broken off. Name another folder by --data-dir, or empty this one.`,
    );
};

const syncFolder = async (path: string): Promise<void> => {
  await using folder = await open(path, "r");
  await folder.sync();
};
