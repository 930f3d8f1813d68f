import { definePlugin, InvalidInputError, tool } from "@patchbay/sdk";
import { csvDocument } from "./csv.ts";
import type { Document } from "./document.ts";
import { docxDocument } from "./docx.ts";
import { detectFormat, FORMATS, type Format } from "./format.ts";
import { pdfDocument } from "./pdf.ts";
import { xlsxDocument } from "./xlsx.ts";

const READERS: Readonly<Record<Format, (bytes: Uint8Array<ArrayBuffer>) => Promise<Document>>> = {
  pdf: pdfDocument,
  docx: docxDocument,
  xlsx: xlsxDocument,
  csv: csvDocument,
};

export default definePlugin({
  tools: {
    convert: tool({
      title: "Convert a document",
      description: "Reads a PDF, DOCX, XLSX or CSV file and answers with its content as Markdown or as JSON.",
      input: {
        type: "object",
        properties: {
          content: { type: "string", description: "The file in base64", minLength: 1 },
          filename: {
            type: "string",
            description: "Its name, which helps to tell CSV files",
            maxLength: 500,
          },
          format: {
            type: "string",
            enum: [...FORMATS],
            description: "Its format; found out from the content otherwise",
          },
          to: {
            type: "string",
            enum: ["markdown", "json"],
            default: "markdown",
            description: "What to answer with",
          },
        },
        required: ["content"],
        additionalProperties: false,
      },
      async run(given) {
        const { content, filename, format: named, to = "markdown" } = given as ConvertInput;
        const bytes = decode(content);
        const format = named ?? detectFormat(bytes, filename);
        const document = await READERS[format](bytes);
        return to === "json" ? { format, data: document.data } : { format, markdown: document.markdown };
      },
    }),
  },
});

interface ConvertInput {
  readonly content: string;
  readonly filename?: string;
  readonly format?: Format;
  readonly to?: "markdown" | "json";
}

const decode = (content: string): Uint8Array<ArrayBuffer> => {
  try {
    return Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  } catch {
    throw new InvalidInputError("The content is not base64.", {
      errors: [{ pointer: "/content", message: "Encode the file in base64." }],
    });
  }
};
