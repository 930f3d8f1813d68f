import { Button, Group, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../formats.ts";
import { imageTypeOf } from "./answer-form.ts";
import { type AnswerFile, saveFile } from "./tool-files.ts";
import styles from "./try-tool.module.css";

/** The files of an answer, each with a button that saves it. */
export const AnswerFiles = ({ files }: { readonly files: readonly AnswerFile[] }) => {
  const { t } = useTranslation("tools");
  const formats = useFormats();
  return files.map((file) => (
    <Group key={file.path} gap="xs">
      <FilePicture file={file} />
      <Button variant="default" size="xs" onClick={() => saveFile(file)}>
        {t("file.save", { name: file.name })}
      </Button>
      <Text size="sm" c="dimmed">
        {[file.path, formats.bytes(file.content.size), file.type].filter((fact) => fact !== "").join(" · ")}
      </Text>
    </Group>
  ));
};

/** The file itself where it is a picture. The browser decodes it as one of the types that only draw, whatever it is. */
const FilePicture = ({ file }: { readonly file: AnswerFile }) => {
  const { content, name } = file;
  const type = imageTypeOf(file);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (type === null) return;
    const made = URL.createObjectURL(new Blob([content], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [content, type]);
  return url === null ? null : <img className={styles.picture} src={url} alt={name} />;
};
