import { PatchbayError } from "@patchbay/protocol";
import { serverUrl } from "../session.ts";

const DEADLINE_MS = 5_000;
const MISSING_ROUTE = / \/api\//;

/**
 * The error itself, or a plainer one where a route is missing because the server is a registry alone, without organizations.
 * Asks the server only where a route is missing.
 */
export const explainMissingRoute = async (error: unknown): Promise<unknown> => {
  if (!(error instanceof PatchbayError && error.code === "not_found" && MISSING_ROUTE.test(error.message)))
    return error;
  const url = await serverUrl();
  if (!(await isRegistryAlone(url))) return error;
  return new PatchbayError(
    "not_found",
    `The server at ${url} is a registry alone: it has no organizations and runs no plugins. Name another with PATCHBAY_URL or \`patchbay login\`.`,
    { cause: error },
  );
};

/** What the server describes of itself; false where it describes nothing. */
const isRegistryAlone = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url.replace(/\/+$/, "")}/openapi.json`, {
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const { paths } = (await response.json()) as { readonly paths: object };
    const routes = Object.keys(paths);
    return (
      routes.some((path) => path.startsWith("/registry/v1/")) &&
      !routes.some((path) => path.startsWith("/api/orgs"))
    );
  } catch {
    return false;
  }
};
