import type { ContentAsk } from "@patchbay/protocol";
import type { ResourceDefinition } from "@patchbay/sdk";
import { askResource } from "@patchbay/sdk/content";
import { answerCheckOf } from "@patchbay/sdk/files";
import { type GuestKind, isRecord, notThis } from "./kind.ts";

type ResourceAsk = Exclude<ContentAsk, { readonly ask: "get" }>;

export const resources: GuestKind<"resources"> = {
  one: "resource",
  notFound: "resource_not_found",
  prepare(name, value) {
    if (!isRecord(value) || typeof value.read !== "function")
      throw notThis(`The resource "${name}" has no function \`read\`.`);
    const resource = value as unknown as ResourceDefinition;
    const words = ["title", "description", "uri", "mediaType"] as const;
    const said = words.filter((word) => typeof resource[word] === "string");
    return {
      found: { name, ...Object.fromEntries(said.map((word) => [word, resource[word]])) },
      checkInput: async (input) => input,
      answers: () => answerCheckOf(undefined),
      run: (ask, call) => askResource(resource, ask as ResourceAsk, call),
    };
  },
};
