import { isErrorCode, PatchbayError, type ProblemDto } from "@patchbay/protocol";

/** The error that a problem document describes. */
export const problemFrom = async (response: Response): Promise<PatchbayError> =>
  asError(
    await response.json().catch(() => null),
    `The server answered ${response.status} ${response.statusText}.`,
  );

/** The same for a document that came as an event. `otherwise` is said of something that is no problem document. */
export const asError = (document: unknown, otherwise: string): PatchbayError => {
  const problem = document as Partial<ProblemDto> | null;
  if (!isErrorCode(problem?.code)) return new PatchbayError("internal", otherwise);
  const { code, detail, errors, type: _type, title: _title, status, ...facts } = problem;
  return new PatchbayError(code, detail ?? otherwise, {
    facts,
    ...(errors && { errors }),
    ...(status !== undefined && { status }),
  });
};

/** The error for a request to which no answer came: what hindered it, as far as the cause tells. */
export const unreachable = (url: string, cause: unknown): PatchbayError =>
  new PatchbayError("unavailable", hindrance(url, cause), { cause });

/** What the runtime calls faults of certificates and of TLS. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|HOSTNAME_MISMATCH/;
const TLS = /^(ERR_SSL_|EPROTO$)/;
const LOST = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

const hindrance = (url: string, cause: unknown): string => {
  const { code, message } = innermost(cause);
  if (CERTIFICATE.test(code))
    return (
      `The certificate of ${url} is not trusted (${message}). If it comes from an authority of your own, ` +
      "name that authority's certificate by NODE_EXTRA_CA_CERTS."
    );
  if (TLS.test(code))
    return `${url} does not speak TLS as it should (${message}). Is it an address with http instead of https?`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `The name in ${url} cannot be resolved (${code}). Check PATCHBAY_URL, and the network.`;
  if (LOST.has(code)) return `The connection to ${url} broke off before an answer came (${code}).`;
  return `No server answers at ${url}. Start it with "npm start", or check PATCHBAY_URL.`;
};

/** `fetch` keeps what happened in its error's cause. */
const innermost = (error: unknown): { readonly code: string; readonly message: string } => {
  let found = { code: "", message: "" };
  for (let one = error; one instanceof Error; one = one.cause)
    found = { code: "code" in one ? String(one.code) : found.code, message: one.message || found.message };
  return found;
};

/** The error for an answer that is none of Patchbay's, such as a page of a proxy or of a sign-in in front of it. */
export const noPatchbay = ({ url, status, headers }: Response): PatchbayError =>
  new PatchbayError(
    "unavailable",
    `${new URL(url).origin} answered ${status} with ${headers.get("content-type") ?? "something"} instead of JSON. ` +
      "It is not Patchbay, or something stands in front of it.",
  );
