import type { ModelCaller } from "./ask-provider.ts";
import type { AvailableModel, Models } from "./models.ts";

/** The chat model that answers where a question names none: the first that is listed; null without any. Throws as `Models.list` does. */
export const activeModel = async (
  models: Pick<Models, "list">,
  caller: ModelCaller,
): Promise<AvailableModel | null> => (await models.list(caller)).find(({ kind }) => kind === "chat") ?? null;
