import {
  type ExtractedMessage,
  type ExtractionReport,
  MAX_MEMORY_QUOTE_LENGTH,
  MAX_MEMORY_TEXT_BYTES,
  type MemoryCitation,
} from "@patchbay/protocol";
import { SUPPORTED_SHARE } from "../limits.ts";
import { wordsOf } from "../texts.ts";

/** A fact as a model told it. */
export interface ToldFact {
  readonly text: string;
  readonly message: string;
  readonly quote: string;
}

/** A fact that a person has said. */
export interface SaidFact {
  readonly text: string;
  readonly citation: MemoryCitation;
}

type Dropped = ExtractionReport["dropped"];
export type Reason = keyof Dropped;

/**
 * What is left of the facts that a model told: those that quote, to the letter, a message of the person's which has the greater part of
 * their words. A model's word alone is never enough, nor is what an assistant or a system's prompt says.
 */
export const saidFacts = (
  told: readonly ToldFact[],
  messages: readonly ExtractedMessage[],
): { readonly said: readonly SaidFact[]; readonly dropped: Dropped } => {
  const dropped: Record<Reason, number> = {
    unknownMessage: 0,
    notFromPerson: 0,
    notQuoted: 0,
    unsupported: 0,
    tooLong: 0,
  };
  const byId = new Map(messages.map((message) => [message.id, message]));
  const said = told.flatMap((fact) => {
    const text = fact.text.trim();
    const reason = faultOf({ ...fact, text }, byId.get(fact.message));
    if (reason === null) return [{ text, citation: { message: fact.message, quote: fact.quote.trim() } }];
    dropped[reason] += 1;
    return [];
  });
  return { said, dropped };
};

const faultOf = (fact: ToldFact, message: ExtractedMessage | undefined): Reason | null => {
  if (message === undefined) return "unknownMessage";
  if (message.role !== "user") return "notFromPerson";
  const quote = fact.quote.trim();
  if (quote === "" || !message.text.includes(quote)) return "notQuoted";
  if (quote.length > MAX_MEMORY_QUOTE_LENGTH || Buffer.byteLength(fact.text) > MAX_MEMORY_TEXT_BYTES)
    return "tooLong";
  return isSupported(fact.text, quote) ? null : "unsupported";
};

/** What sentences about somebody are made of, and says nothing of them. */
const COMMON_WORDS = new Set(
  (
    "a an and are as at be been by do does for from had has have he her him his i in is it its likes me my of on or our " +
    "person prefers s says she someone speaker that the their them they this to user users wants was we were who will with you your"
  ).split(" "),
);
/** So many letters at the beginning tell a word from others, whatever ending it has. */
const ROOT_LETTERS = 4;

/** Whether the quote has the greater part of the words that say something, and every number. */
const isSupported = (fact: string, quote: string): boolean => {
  const quoted = new Set(wordsOf(quote).map(rootOf));
  const words = wordsOf(fact).filter((word) => !COMMON_WORDS.has(word));
  const [numbers, others] = [
    words.filter((word) => /\d/.test(word)),
    words.filter((word) => !/\d/.test(word)),
  ];
  if (words.length === 0 || numbers.some((number) => !quoted.has(rootOf(number)))) return false;
  const shared = others.filter((word) => quoted.has(rootOf(word))).length;
  return others.length === 0 || shared >= others.length * SUPPORTED_SHARE;
};

const rootOf = (word: string): string => (/\d/.test(word) ? word : word.slice(0, ROOT_LETTERS));
