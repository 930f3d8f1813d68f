import { InvalidInputError } from "@patchbay/sdk";

/** What a file holds, in the two forms that can be asked for. */
export interface Document {
  readonly markdown: string;
  /** Pages of text, or sheets with rows of cells. */
  readonly data: unknown;
}

/** A file that cannot be read, in words for the person who sent it. */
export const unreadable = (format: string, error: unknown): InvalidInputError =>
  new InvalidInputError(
    `The ${format} file cannot be read: ${error instanceof Error ? error.message : error}`,
    {
      errors: [
        {
          pointer: "/content",
          message: "The file is damaged, protected by a password or of another format.",
        },
      ],
    },
  );
