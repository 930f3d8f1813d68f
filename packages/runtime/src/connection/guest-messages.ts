import { GUEST_MESSAGES, type GuestMessage, type GuestMessageType, isJsonObject } from "@patchbay/protocol";
import { Compile, type Validator } from "typebox/compile";

const validators = new Map<string, Validator>();

/** The message when it is one that a guest may send, in the form that it must have; undefined otherwise. */
export const readGuestMessage = (header: unknown): GuestMessage | undefined => {
  if (!isJsonObject(header)) return undefined;
  const { t } = header;
  if (t === "value" && header.files === undefined)
    return isValue(header) ? (header as GuestMessage) : undefined;
  if (typeof t !== "string" || !isType(t)) return undefined;
  return validatorOf(t).Check(header) ? (header as GuestMessage) : undefined;
};

const isType = (t: string): t is GuestMessageType => Object.hasOwn(GUEST_MESSAGES, t);

const validatorOf = (t: GuestMessageType): Validator => {
  const found = validators.get(t) ?? Compile(GUEST_MESSAGES[t]);
  validators.set(t, found);
  return found;
};

/** The same as the schema of `value`, by hand: nearly every message is one. A test compares the two. */
const isValue = (header: Record<string, unknown>): boolean => {
  const { id, stream } = header;
  if (!Number.isSafeInteger(id) || (id as number) < 1) return false;
  if (stream !== undefined && stream !== true) return false;
  for (const key in header)
    if (key !== "t" && key !== "id" && key !== "value" && key !== "stream") return false;
  return true;
};
