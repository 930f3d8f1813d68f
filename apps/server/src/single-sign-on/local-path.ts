import { MAX_RETURN_TO_CHARACTERS } from "./limits.ts";

/** Any origin will do: a path that leads elsewhere does not keep it. */
const BASE = "http://patchbay.invalid";

/** `text` when it is a path on this server, with query and fragment, as a browser would write it; `/` otherwise. */
export const localPath = (text: string | undefined): string => {
  if (text === undefined || !text.startsWith("/")) return "/";
  const url = URL.parse(text, BASE);
  if (url === null || url.origin !== BASE) return "/";
  const path = `${url.pathname}${url.search}${url.hash}`;
  // "/.//host" is a path as written, and the address of another host once its dots are gone.
  if (path.startsWith("//") || path.length > MAX_RETURN_TO_CHARACTERS) return "/";
  return path;
};
