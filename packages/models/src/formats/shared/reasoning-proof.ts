import { isJsonObject, type ReasoningPart } from "@patchbay/protocol";
import { defined } from "./defined.ts";

export type ReasoningProof = Omit<ReasoningPart, "type" | "text">;

/** Marks a proof of another format, in a field that clients keep and send back unread. */
const MARK = "patchbay:";

/** A proof in one text, for formats with a field for one of another kind. Undefined where there is none. */
export const packProof = ({ id, signature, redacted, encrypted }: ReasoningProof): string | undefined => {
  const proof = defined({ id, signature, redacted, encrypted });
  if (signature === undefined && redacted === undefined && encrypted === undefined) return undefined;
  return `${MARK}${Buffer.from(JSON.stringify(proof)).toString("base64url")}`;
};

/** What `packProof` has packed; undefined for any other text. */
export const unpackProof = (text: string): ReasoningProof | undefined => {
  if (!text.startsWith(MARK)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text.slice(MARK.length), "base64url").toString());
    if (!isJsonObject(value)) return undefined;
    const textOf = (name: string) => (typeof value[name] === "string" ? value[name] : undefined);
    return defined({
      id: textOf("id"),
      signature: textOf("signature"),
      redacted: textOf("redacted"),
      encrypted: textOf("encrypted"),
    });
  } catch {
    return undefined;
  }
};
