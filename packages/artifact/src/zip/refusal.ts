import { type ErrorCode, PatchbayError } from "@patchbay/protocol";

const MAX_QUOTED_CHARACTERS = 120;

/** A name out of an archive, made safe to print: quoted, control characters escaped, long ones cut. */
export function quoteName(name: string): string {
  const shown = name.length > MAX_QUOTED_CHARACTERS ? `${name.slice(0, MAX_QUOTED_CHARACTERS)}…` : name;
  const escaped = shown.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
  return `"${escaped}"`;
}

/** The error for one entry: `fault` continues the sentence `The entry "x" …` and says what to do. */
export function refuseEntry(code: ErrorCode, name: string, fault: string, cause?: unknown): PatchbayError {
  return new PatchbayError(code, `The entry ${quoteName(name)} ${fault}`, { facts: { entry: name }, cause });
}

/** The error for the archive as a whole. */
export function refuseArchive(code: ErrorCode, message: string, cause?: unknown): PatchbayError {
  return new PatchbayError(code, message, { cause });
}
