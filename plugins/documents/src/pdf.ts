import { extractText, getDocumentProxy } from "unpdf";
import { type Document, unreadable } from "./document.ts";

/** The text of every page, in reading order. Pictures of text stay pictures. */
export const pdfDocument = async (bytes: Uint8Array<ArrayBuffer>): Promise<Document> => {
  try {
    const pdf = await getDocumentProxy(bytes);
    const { text } = await extractText(pdf, { mergePages: false });
    const pages = text.map((page, index) => ({ page: index + 1, text: page.trim() }));
    return { markdown: pages.map(({ text: page }) => page).join("\n\n---\n\n"), data: { pages } };
  } catch (error) {
    throw unreadable("PDF", error);
  }
};
