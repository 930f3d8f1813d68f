import { parseHTML } from "linkedom";
import mammoth from "mammoth";
import TurndownService from "turndown";
import { type Document, unreadable } from "./document.ts";

const turndown = new TurndownService({
  headingStyle: "atx",
  bulletListMarker: "-",
  codeBlockStyle: "fenced",
});
// Pictures come as data addresses, which would be most of the answer.
turndown.remove("img");

/** Headings, paragraphs, lists, tables and links; pictures are left out. */
export const docxDocument = async (bytes: Uint8Array<ArrayBuffer>): Promise<Document> => {
  try {
    const { value: html, messages } = await mammoth.convertToHtml({ arrayBuffer: bytes.buffer });
    const { body } = parseHTML(`<!doctype html><html><body>${html}</body></html>`).document;
    const markdown = turndown.turndown(body);
    const text = body.textContent;
    return { markdown, data: { html, text, warnings: messages.map(({ message }) => message) } };
  } catch (error) {
    throw unreadable("DOCX", error);
  }
};
