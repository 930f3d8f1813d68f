import { asError } from "@patchbay/api-client";
import { PatchbayError, type VersionDto } from "@patchbay/protocol";

/** How much of an upload has left. */
export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/**
 * Posts a package as the multipart file `package`. Comes back with the catalog version; throws `PatchbayError` with the server's code,
 * `unavailable` when no server answers, `cancelled` when `signal` aborts.
 */
export const uploadPackage = (
  url: string,
  file: File,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<VersionDto> => {
  // The only way in which browsers tell how much of a request has left.
  const request = new XMLHttpRequest();
  const { promise, resolve, reject } = Promise.withResolvers<VersionDto>();
  request.upload.onprogress = ({ loaded, total }) => onProgress({ sentBytes: loaded, totalBytes: total });
  request.onload = () => {
    const answer = parse(request.responseText);
    if (request.status === 200 || request.status === 201) resolve(answer as VersionDto);
    else reject(asError(answer, `The server answered ${request.status} ${request.statusText}.`));
  };
  request.onerror = () =>
    reject(new PatchbayError("unavailable", "The upload broke off. Check the connection and try again."));
  request.onabort = () => reject(new PatchbayError("cancelled", "The upload was given up."));
  signal.addEventListener("abort", () => request.abort(), { once: true });
  request.open("POST", url);
  const form = new FormData();
  form.append("package", file, file.name);
  request.send(form);
  return promise;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
