import readWorkbook from "read-excel-file/universal";
import { type Document, unreadable } from "./document.ts";
import { type Cell, markdownTable } from "./table.ts";

/** All sheets with the values that were calculated last; formulas and formats are left out. */
export const xlsxDocument = async (bytes: Uint8Array<ArrayBuffer>): Promise<Document> => {
  try {
    const sheets = (await readWorkbook(bytes.buffer)).map(({ sheet, data }) => ({
      name: sheet,
      rows: data.map((row) => row.map(toCell)),
    }));
    const markdown = sheets.map(({ name, rows }) => `## ${name}\n\n${markdownTable(rows)}`).join("\n\n");
    return { markdown, data: { sheets } };
  } catch (error) {
    throw unreadable("XLSX", error);
  }
};

const toCell = (value: unknown): Cell => {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
};
