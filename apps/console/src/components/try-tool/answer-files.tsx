import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormats } from "../formats.ts";
import { type AnswerFile, saveFile } from "./tool-files.ts";

/** The files of an answer, each with a button that saves it. */
export const AnswerFiles = ({ files }: { readonly files: readonly AnswerFile[] }) => {
  const { t } = useTranslation("tools");
  const formats = useFormats();
  return files.map((file) => (
    <Group key={file.path} gap="xs">
      <Button variant="default" size="xs" onClick={() => saveFile(file)}>
        {t("file.save", { name: file.name })}
      </Button>
      <Text size="sm" c="dimmed">
        {[file.path, formats.bytes(file.content.size), file.type].filter((fact) => fact !== "").join(" · ")}
      </Text>
    </Group>
  ));
};
