import type { KeptTurn } from "@patchbay/core";
import type { JsonObject } from "../formats/format.ts";
import { inputItemId } from "../formats/openai-responses/state.ts";

/** The items of these turns, by the ids under which clients know them. */
export const itemsById = (turns: readonly KeptTurn[]): ReadonlyMap<string, JsonObject> =>
  new Map(
    turns.flatMap(({ id, input, output }) => [
      ...input.map((item, index) => [inputItemId(id, item, index), item] as const),
      ...output.map((item) => [String(item.id), item] as const),
    ]),
  );
