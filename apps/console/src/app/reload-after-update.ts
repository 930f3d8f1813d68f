const STORAGE_KEY = "patchbay-reloaded-at";
/** A page that still misses a part after this, in milliseconds, is broken otherwise. */
const ONCE_WITHIN_MS = 60_000;

/** Loads the page anew when a part of it is gone: the server was updated while the page was open. */
export const reloadAfterUpdate = (): void => {
  addEventListener("vite:preloadError", (event) => {
    const last = Number(sessionStorage.getItem(STORAGE_KEY) ?? 0);
    if (Date.now() - last < ONCE_WITHIN_MS) return;
    sessionStorage.setItem(STORAGE_KEY, String(Date.now()));
    event.preventDefault();
    location.reload();
  });
};
