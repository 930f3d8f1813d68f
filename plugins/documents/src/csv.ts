import Papa from "papaparse";
import type { Document } from "./document.ts";
import { markdownTable } from "./table.ts";

/** Rows of text; the separator is found out, and bytes that are not UTF-8 are read as Windows-1252. */
export const csvDocument = async (bytes: Uint8Array): Promise<Document> => {
  const { data: rows } = Papa.parse<string[]>(decode(bytes), { skipEmptyLines: "greedy" });
  return { markdown: markdownTable(rows), data: { sheets: [{ name: "CSV", rows }] } };
};

const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
};
