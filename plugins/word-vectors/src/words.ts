/**
 * What to look for, one after the other, so that each letter is gone through once. What has an apostrophe is no word: a negation
 * (don't, can't), and the end of a short form (they're, Ada's).
 */
const PARTS = /\p{L}+n['’]t(?!\p{L})|['’]\p{L}{1,2}(?!\p{L})|[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu;
const APOSTROPHE = /['’]/;

/** The words of a text in small letters, in its order. What is joined by hyphens is one. */
export const wordsOf = function* (text: string): Generator<string> {
  for (const [part] of text.normalize("NFKC").toLowerCase().matchAll(PARTS))
    if (!APOSTROPHE.test(part)) yield part;
};
