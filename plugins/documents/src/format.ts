import { InvalidInputError } from "@patchbay/sdk";

export const FORMATS = ["pdf", "docx", "xlsx", "csv"] as const;
export type Format = (typeof FORMATS)[number];

/** A PDF may have other bytes before its head, within the first kilobyte. */
const PDF_HEAD_BYTES = 1_024;
const ZIP_HEAD = "PK\u0003\u0004";

/** Tells the format by the content; CSV, which has no mark of its own, by the name or for want of binary bytes. Throws `InvalidInputError`. */
export const detectFormat = (bytes: Uint8Array, filename = ""): Format => {
  const head = latin1(bytes.subarray(0, PDF_HEAD_BYTES));
  if (head.includes("%PDF-")) return "pdf";
  if (head.startsWith(ZIP_HEAD)) return officeFormat(bytes);
  if (/\.(csv|tsv)$/i.test(filename) || !head.includes("\0")) return "csv";
  throw new InvalidInputError("The file is none of PDF, DOCX, XLSX and CSV.", {
    errors: [{ pointer: "/content", message: "Send one of these formats." }],
  });
};

/** The names of a zip's entries stand in clear in its directory, at the end. */
const officeFormat = (bytes: Uint8Array): Format => {
  const names = latin1(bytes.subarray(-65_536)) + latin1(bytes.subarray(0, 65_536));
  if (names.includes("word/")) return "docx";
  if (names.includes("xl/")) return "xlsx";
  throw new InvalidInputError("The file is a zip archive, but neither DOCX nor XLSX.", {
    errors: [{ pointer: "/content", message: "Send a PDF, DOCX, XLSX or CSV file." }],
  });
};

const latin1 = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
