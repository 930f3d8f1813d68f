import { ContentPart } from "@patchbay/protocol";
import Type from "typebox";
import { answerReader } from "./content-answer.ts";

const MAX_PARTS = 1_000;

/** What a tool answers that says that it answers with content. Throws `plugin_error` for anything else. */
export const readContentParts = answerReader(
  Type.Array(ContentPart, { maxItems: MAX_PARTS }),
  "list of texts, images, sound and resources",
);
