import type { VersionDto } from "@patchbay/protocol";
import { sendForm, type UploadProgress } from "../../../api/send-form.ts";

/** Posts a package as the multipart file `package`. Comes back with the catalog version; throws what `sendForm` throws. */
export const uploadPackage = async (
  url: string,
  file: File,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<VersionDto> => {
  const form = new FormData();
  form.append("package", file, file.name);
  const answer = await sendForm(url, form, { accept: "application/json", onProgress, signal });
  return (await answer.json()) as VersionDto;
};
