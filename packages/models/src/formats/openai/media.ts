import { type FilePart, type ImagePart, MAX_CHAT_MEDIA_LENGTH, type MediaSource } from "@patchbay/protocol";
import type { BodyFields } from "../shared/body-fields.ts";
import { defined } from "../shared/defined.ts";
import { sourceOfUrl } from "../shared/media.ts";

const NO_IDS =
  "Files that were stored with the model's server cannot be carried; send the bytes, or an address.";

/** An image by its address, or its bytes in a `data:` URL. */
export const readImageUrl = (fields: BodyFields, name: string): MediaSource | undefined => {
  fields.refuse("file_id", NO_IDS);
  const url = fields.needString(name, MAX_CHAT_MEDIA_LENGTH, 1);
  if (url === "") return undefined;
  return sourceOfUrl(url) ?? fields.fault(name, "Give an address, or a data: URL in base64.");
};

export const readDetail = (fields: BodyFields): ImagePart["detail"] => {
  const detail = fields.oneOf("detail", ["auto", "low", "high", "original"]);
  return detail === "original" ? "high" : detail;
};

/** A file's bytes: a `data:` URL, or base64 alone, which is a PDF then. */
export const readFileData = (fields: BodyFields): FilePart | undefined => {
  fields.refuse("file_id", NO_IDS);
  const name = fields.string("filename", 1_024);
  const url = fields.string("file_url", MAX_CHAT_MEDIA_LENGTH);
  if (url !== undefined)
    return fileOf(sourceOfUrl(url), name) ?? fields.fault("file_url", "Give an address.");
  const data = fields.needString("file_data", MAX_CHAT_MEDIA_LENGTH, 1);
  const source = /^data:/i.test(data)
    ? sourceOfUrl(data)
    : ({ type: "bytes", mediaType: "application/pdf", data } as const);
  return fileOf(source, name) ?? fields.fault("file_data", "Give base64, or a data: URL in it.");
};

const fileOf = (source: MediaSource | undefined, name: string | undefined): FilePart | undefined =>
  source && defined({ type: "file" as const, source, name });
