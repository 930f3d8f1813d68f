import { FileInput, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { DropZone } from "../drop-zone.tsx";
import { useFormats } from "../formats.ts";
import type { ControlProps } from "./field.tsx";
import styles from "./file-field.module.css";
import { useFormContext } from "./form-context.ts";
import type { FormSchema } from "./json-schema.ts";
import { TextField } from "./text-field.tsx";

/** A file, chosen or dropped. What was entered as text, in base64, stays one; so does a file's field where none can be sent. */
export const FileField = (props: ControlProps) => {
  const { control, schema, value, onChange } = props;
  const { t } = useTranslation("forms");
  const formats = useFormats();
  const { maxFileBytes } = useFormContext();
  if (maxFileBytes === undefined || typeof value === "string") return <TextField {...props} />;
  const file = value instanceof File ? value : null;
  const limit = formats.bytes(maxFileBytes);
  const isTooLarge = file !== null && file.size > maxFileBytes;
  return (
    <DropZone className={styles.zone} isDisabled={control.disabled === true} onFile={onChange}>
      <FileInput
        {...control}
        description={
          <>
            {control.description} {t("file.limit", { limit })}
          </>
        }
        error={isTooLarge ? t("file.tooLarge", { size: formats.bytes(file.size), limit }) : control.error}
        placeholder={t("file.choose")}
        value={file}
        onChange={(chosen) => onChange(chosen ?? undefined)}
        clearable
        clearButtonProps={{ "aria-label": t("file.remove", { field: control.label }) }}
        {...acceptOf(schema)}
      />
      {file !== null && (
        <Text size="xs" c="dimmed" role="status">
          {[formats.bytes(file.size), file.type].filter((fact) => fact !== "").join(" · ")}
        </Text>
      )}
    </DropZone>
  );
};

const acceptOf = ({ contentMediaType = "" }: FormSchema): { accept?: string } =>
  contentMediaType === "" || contentMediaType === "application/octet-stream" || contentMediaType === "*/*"
    ? {}
    : { accept: contentMediaType };
