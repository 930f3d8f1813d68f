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

/** The error for a server that does not answer at all. */
export const unreachable = (url: string, cause: unknown): PatchbayError =>
  new PatchbayError(
    "unavailable",
    `No server answers at ${url}. Start it with "npm start", or check PATCHBAY_URL.`,
    { cause },
  );
