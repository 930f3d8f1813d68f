import { tokensOf } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import type { Prices } from "./prices-draft.ts";

/** The prices as the page calls them, and their values in its words. */
export const usePriceWords = () => {
  const { t } = useTranslation("budgets");
  const formats = useFormats();
  const partOf = (part: string | undefined): string | undefined => {
    const parts = ["model", "input", "cachedInput", "output"] as const;
    const found = parts.find((one) => one === part);
    return found === undefined ? undefined : t(`prices.${found}`);
  };
  return {
    titleOf: (pointer: string): string => {
      const [list, place, part] = tokensOf(pointer);
      if (list === "currency") return t("prices.currency");
      const names = [
        place === undefined ? t("prices.title") : t("prices.unnamed", { number: Number(place) + 1 }),
        partOf(part),
      ];
      return names.filter((name) => name !== undefined).join(", ");
    },
    wordsOf: (pointer: string, value: unknown): string | undefined => {
      if (pointer !== "/prices" || !Array.isArray(value) || value.length === 0) return undefined;
      const number = (entered: unknown) =>
        typeof entered === "number" ? formats.number(entered) : String(entered ?? "");
      return (value as Prices["prices"])
        .map(({ model, input, output }) => `${model}: ${number(input)} / ${number(output)}`)
        .join("; ");
    },
  };
};
