import Type, { type Static } from "typebox";
import { MAX_CALL_FILES, MAX_FILE_NAME_BYTES } from "./limits.ts";

/** A file that travels beside the JSON of a call or of its answer: all about it but its bytes. */
export const FileHead = Type.Object(
  {
    /** Where it belongs in the JSON, as a JSON pointer; there is null in its place. */
    pointer: Type.String({ maxLength: 1_024 }),
    name: Type.String({ maxLength: MAX_FILE_NAME_BYTES }),
    /** Its media type. */
    type: Type.String({ maxLength: 255 }),
    /** In bytes, where it is known beforehand. */
    size: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  },
  { additionalProperties: false },
);
export type FileHead = Static<typeof FileHead>;

export const FileHeads = Type.Array(FileHead, { minItems: 1, maxItems: MAX_CALL_FILES });
