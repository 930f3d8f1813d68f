import { asError } from "@patchbay/api-client";
import { PatchbayError } from "@patchbay/protocol";

/** How much of a form has left. */
export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

export interface SendOptions {
  readonly accept: string;
  readonly onProgress: (progress: UploadProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Posts a form. Comes back with the answer, whose bytes the browser keeps where it likes; throws `PatchbayError` with the server's code,
 * `unavailable` when the connection breaks off, `cancelled` when `signal` aborts.
 */
export const sendForm = (
  url: string,
  form: FormData,
  { accept, onProgress, signal }: SendOptions,
): Promise<Response> => {
  // The only way in which browsers tell how much of a request has left.
  const request = new XMLHttpRequest();
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  request.responseType = "blob";
  request.upload.onprogress = ({ loaded, total }) => onProgress({ sentBytes: loaded, totalBytes: total });
  request.onload = () => {
    const type = request.getResponseHeader("content-type") ?? "";
    const answer = new Response(request.response as Blob, { headers: { "content-type": type } });
    if (request.status >= 200 && request.status < 300) resolve(answer);
    else void answer.json().then(refuse, () => refuse(null));
  };
  const refuse = (problem: unknown) =>
    reject(asError(problem, `The server answered ${request.status} ${request.statusText}.`));
  request.onerror = () =>
    reject(new PatchbayError("unavailable", "The connection broke off. Check it and try again."));
  request.onabort = () => reject(new PatchbayError("cancelled", "It was given up."));
  signal.addEventListener("abort", () => request.abort(), { once: true });
  request.open("POST", url);
  request.setRequestHeader("accept", accept);
  request.send(form);
  return promise;
};
