import { PatchbayError, tokensOf } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import type { DraftFault, DraftFaults, MemoryDraft } from "./memory-draft.ts";

/** What is wrong with a field, in words: what the console sees itself, else what the server said. */
export const useFaultWords = (faults: DraftFaults, error: unknown) => {
  const { t } = useTranslation(["memory", "forms"]);
  const formats = useFormats();
  const wordsOf = (fault: DraftFault): string => {
    switch (fault.kind) {
      case "notJson":
      case "jsonInexact":
        return t(`forms:${fault.kind}`, { number: fault.number });
      case "textTooLong":
      case "metadataTooLong":
        return t(`fault.${fault.kind}`, {
          bytes: formats.bytes(fault.bytes),
          most: formats.bytes(fault.most),
        });
      default:
        return t(`fault.${fault.kind}`);
    }
  };
  return (field: keyof MemoryDraft): string | undefined => {
    const fault = faults[field];
    if (fault !== undefined) return wordsOf(fault);
    if (!(error instanceof PatchbayError)) return undefined;
    if (saysTheSame(error)) return field === "text" ? t("fault.same") : undefined;
    const own = error.errors.filter(({ pointer }) => fieldAt(pointer) === field);
    return own.map(({ message }) => message).join(" ") || undefined;
  };
};

/** Of one text there is one memory in a namespace. */
const saysTheSame = ({ code }: PatchbayError): boolean => code === "already_exists";

/** Whether all that the server said is told at fields of the form. */
export const isToldAtFields = (error: unknown): boolean =>
  error instanceof PatchbayError &&
  (saysTheSame(error) ||
    (error.errors.length > 0 && error.errors.every(({ pointer }) => FIELDS.includes(fieldAt(pointer)))));

const FIELDS: readonly string[] = ["text", "expiresAt", "metadata"] satisfies (keyof MemoryDraft)[];

const fieldAt = (pointer: string): string => tokensOf(pointer)[0] ?? "";
