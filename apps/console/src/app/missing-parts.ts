import { origin } from "../api/client.ts";

const STORAGE_KEY = "patchbay-reloaded-at";
/** A page that still misses a part after this, in milliseconds, is broken otherwise. */
const ONCE_WITHIN_MS = 60_000;
const NAME = "PartMissing";

/**
 * Gives errors of parts that cannot be loaded a name of their own. The router would load the whole page anew for one, and the browser's
 * own page of an error comes in its place when no server answers.
 */
export const nameMissingParts = (): void => {
  addEventListener("vite:preloadError", ({ payload }) => {
    payload.name = NAME;
    payload.message = "A part of it cannot be loaded.";
  });
};

export const isPartMissing = (error: unknown): boolean => error instanceof Error && error.name === NAME;

/**
 * Loads the page anew, with all its parts. Throws `unavailable` when no server answers: then it stays as it is.
 */
export const reloadPage = async (): Promise<void> => {
  await origin.auth.providers();
  location.reload();
};

/** The same where nobody has asked for it: a server that was updated has other parts, one that lacks them for longer is broken. */
export const reloadAfterUpdate = async (): Promise<void> => {
  if (Date.now() - Number(sessionStorage.getItem(STORAGE_KEY) ?? 0) < ONCE_WITHIN_MS) return;
  await origin.auth.providers();
  sessionStorage.setItem(STORAGE_KEY, String(Date.now()));
  location.reload();
};
