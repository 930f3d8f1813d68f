import { Button, FileButton, Progress, Stack, Text } from "@mantine/core";
import { MAX_ARCHIVE_BYTES, PatchbayError } from "@patchbay/protocol";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../../../api/query-client.ts";
import type { UploadProgress } from "../../../api/send-form.ts";
import { DropZone } from "../../../components/drop-zone.tsx";
import { useFormats } from "../../../components/formats.ts";
import { IconUpload } from "../../../components/icons.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useOrganization } from "../../../session/organization.ts";
import type { SourceProps } from "./source.ts";
import { uploadPackage } from "./upload.ts";
import styles from "./upload-source.module.css";

/** A zip from the person's machine: dropped here, or picked. */
export const UploadSource = ({ onChoose }: SourceProps) => {
  const { t } = useTranslation("install");
  const { upload, progress, file, stop } = useUpload(onChoose);
  return (
    <Stack gap="md">
      {upload.error !== null && <ProblemAlert title={t("upload.failed", { file })} error={upload.error} />}
      {progress === null ? (
        <FileChoice onFile={upload.mutate} />
      ) : (
        <UploadBar file={file} progress={progress} onStop={stop} />
      )}
    </Stack>
  );
};

const useUpload = (onChoose: SourceProps["onChoose"]) => {
  const { t } = useTranslation("install");
  const { org, client } = useOrganization();
  const formats = useFormats();
  const [progress, setProgress] = useState<UploadProgress | null>(null);
  const [file, setFile] = useState("");
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const upload = useMutation({
    mutationFn: (chosen: File) => {
      stop.current = new AbortController();
      setFile(chosen.name);
      if (chosen.size > MAX_ARCHIVE_BYTES)
        throw new PatchbayError(
          "package_too_large",
          t("upload.tooLarge", {
            size: formats.bytes(chosen.size),
            limit: formats.bytes(MAX_ARCHIVE_BYTES),
          }),
        );
      setProgress({ sentBytes: 0, totalBytes: chosen.size });
      return uploadPackage(client.catalog.uploadUrl, chosen, setProgress, stop.current.signal);
    },
    onSuccess: ({ plugin, version }) => {
      void queryClient.invalidateQueries({ queryKey: [org, "catalog"] });
      onChoose({ plugin, version });
    },
    onSettled: () => setProgress(null),
  });
  return { upload, progress, file, stop: () => stop.current.abort() };
};

const FileChoice = ({ onFile }: { onFile: (file: File) => void }) => {
  const { t } = useTranslation("install");
  const formats = useFormats();
  return (
    <DropZone className={styles.zone} onFile={onFile}>
      <IconUpload size={28} aria-hidden />
      <Text>{t("upload.drop")}</Text>
      <FileButton onChange={(file) => file !== null && onFile(file)} accept=".zip,application/zip">
        {(props) => (
          <Button {...props} variant="default" data-autofocus>
            {t("upload.pick")}
          </Button>
        )}
      </FileButton>
      <Text size="xs" c="dimmed">
        {t("upload.limit", { limit: formats.bytes(MAX_ARCHIVE_BYTES) })}
      </Text>
    </DropZone>
  );
};

interface UploadBarProps {
  readonly file: string;
  readonly progress: UploadProgress;
  readonly onStop: () => void;
}

/** How far the upload is, in numbers; then that the server looks into the package. */
const UploadBar = ({ file, progress: { sentBytes, totalBytes }, onStop }: UploadBarProps) => {
  const { t } = useTranslation(["install", "common"]);
  const formats = useFormats();
  const share = totalBytes === 0 ? 0 : sentBytes / totalBytes;
  const isSent = share >= 1;
  const words = isSent
    ? t("upload.checking", { file })
    : t("upload.progress", {
        file,
        sent: formats.bytes(sentBytes),
        total: formats.bytes(totalBytes),
        percent: formats.percent(share),
      });
  return (
    <Stack gap="xs">
      <Text role="status">{words}</Text>
      <Progress.Root size="lg">
        <Progress.Section value={share * 100} animated={isSent} aria-label={t("upload.bar")} />
      </Progress.Root>
      <Button variant="default" w="fit-content" onClick={onStop}>
        {t("common:cancel")}
      </Button>
    </Stack>
  );
};
