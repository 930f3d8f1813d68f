import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { MAX_DRAWN_CHARACTERS } from "../../limits.ts";
import { useFormats } from "../formats.ts";

/** A text of any length; of a very long one the beginning. */
export const BoundedText = ({ text }: { text: string }) => {
  const { t } = useTranslation("tools");
  const formats = useFormats();
  if (text.length <= MAX_DRAWN_CHARACTERS) return text;
  const count = text.length - MAX_DRAWN_CHARACTERS;
  return (
    <>
      {text.slice(0, MAX_DRAWN_CHARACTERS)}
      <Text component="span" c="dimmed" size="sm" display="block">
        {t("value.longer", { count, number: formats.number(count) })}
      </Text>
    </>
  );
};
