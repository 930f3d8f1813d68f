import { isJsonObject } from "@patchbay/protocol";
import { queryOptions } from "@tanstack/react-query";
import { type Asker, askGateway } from "./ask-gateway.ts";

/** The names of the chat models that somebody may use, with aliases, as the gateway lists them. */
export const chatModelsQuery = ({ org, project }: Asker) =>
  queryOptions({
    queryKey: [org, "models", "chat", project],
    queryFn: async ({ signal }) => {
      const unreadable = (status: number) => `The server answered ${status}.`;
      const response = await askGateway("/v1/models", { org, project }, { signal, unreadable });
      const { data } = (await response.json()) as { readonly data: readonly unknown[] };
      return data.flatMap((model) =>
        isJsonObject(model) && model.kind === "chat" && typeof model.id === "string" ? [model.id] : [],
      );
    },
  });
