import { endSession } from "../../../api/session.ts";
import { BASE_PATH } from "../../../base-path.ts";
import { ModelProblem, problemIn } from "./model-problem.ts";

/** Where somebody asks from: slugs. */
export interface Asker {
  readonly org: string;
  readonly project: string | undefined;
}

/**
 * Asks the gateway as any client does, as the person who is signed in. Throws `PatchbayError` and `ModelProblem` for refusals, the latter
 * with `unreadable` as its words where they are of no format, and what the browser throws without a connection.
 */
export const askGateway = async (
  path: string,
  { org, project }: Asker,
  { body, signal, unreadable }: AskOptions,
): Promise<Response> => {
  const response = await fetch(`${BASE_PATH}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      "patchbay-organization": org,
      ...(project !== undefined && { "patchbay-project": project }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    credentials: "same-origin",
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal,
  });
  if (response.ok) return response;
  if (response.status === 401) endSession();
  throw problemIn(await response.json().catch(() => null)) ?? new ModelProblem(unreadable(response.status));
};

interface AskOptions {
  /** JSON of a POST; a GET without. */
  readonly body?: object;
  readonly signal: AbortSignal;
  readonly unreadable: (status: number) => string;
}
