import { isJsonObject } from "./json.ts";
import { MAX_FILE_NAME_BYTES } from "./limits.ts";

/** Whether a schema has a place for a file anywhere. A look at its text is enough: what says yes wrongly costs a walk. */
export const mayHoldFiles = (schema: unknown): boolean =>
  schema !== undefined && JSON.stringify(schema).includes('"contentMediaType"');

export const BYTES_TYPE = "application/octet-stream";

/** Whether a schema says that its values are files: texts in base64 of a media type. */
export const isFileSchema = (schema: unknown): boolean =>
  isJsonObject(schema) &&
  schema.contentEncoding === "base64" &&
  typeof schema.contentMediaType === "string" &&
  (schema.type === undefined || [schema.type].flat().includes("string"));

const PATHS = /^.*[\\/]/s;
/** What moves the cursor, turns the direction of writing, or cannot be seen. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
/** What a shell, a header or a file system would take for something else. */
const SPECIAL = /["<>:|?*]/g;
const encoder = new TextEncoder();

/** A name that is safe to show and to save under, whatever the sender called the file: no path, nothing unprintable, never empty. */
export const safeFileName = (name: string): string => {
  const visible = name
    .toWellFormed()
    .replace(PATHS, "")
    .replace(UNPRINTABLE, "")
    .replace(SPECIAL, "_")
    .replace(/^[\s.]+|[\s.]+$/g, "");
  const characters = [...visible];
  while (encoder.encode(characters.join("")).length > MAX_FILE_NAME_BYTES) characters.pop();
  return characters.length === 0 ? "file" : characters.join("");
};

const MEDIA_TYPE =
  /^[A-Za-z0-9!#$&^_.+-]{1,100}\/[A-Za-z0-9!#$&^_.+-]{1,100}(?:; ?charset=[A-Za-z0-9_.-]{1,40})?$/;

/** The media type, in lower case; that of mere bytes for what is none. */
export const safeMediaType = (type: string): string =>
  MEDIA_TYPE.test(type) ? type.toLowerCase() : BYTES_TYPE;
