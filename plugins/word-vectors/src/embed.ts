import { type EmbeddingsAnswer, type EmbeddingsRequest, PluginError } from "@patchbay/sdk";
import { DIMENSIONS } from "./layout.ts";
import { Vocabulary } from "./vocabulary.ts";
import { wordsOf } from "./words.ts";

/** Texts of one request: an answer may have 250,000 numbers. */
const MAX_TEXTS = 2_048;
/** One text in UTF-16 units, some 40,000 words: what so many have in common says nothing any more. */
const MAX_TEXT_LENGTH = 250_000;
/** Numbers are rounded to a millionth: what is packed is no more exact, and answers are half as long. */
const PARTS_OF_ONE = 1_000_000;
/** A shorter sum is what rounding leaves of words that say nothing. */
const SHORTEST_SUM = 1e-9;

// Made when it is first needed: plugins are started for other reasons too.
let vocabulary: Vocabulary | undefined;

/** A vector of length 1 for each text, or of zeros for one without a word that is known. Throws `invalid_input`. */
export const embed = ({ inputs, dimensions }: EmbeddingsRequest): EmbeddingsAnswer => {
  if (dimensions !== undefined && dimensions !== DIMENSIONS)
    throw refused(
      `These vectors have ${DIMENSIONS} dimensions and cannot have ${dimensions}. Leave them out.`,
    );
  if (inputs.length > MAX_TEXTS)
    throw refused(`${inputs.length} texts are too many for one request. Send at most ${MAX_TEXTS}.`);
  const texts = inputs.map(textOf);
  vocabulary ??= new Vocabulary();
  const known = vocabulary;
  const means = texts.map((text) => meanOf(text, known));
  const inputTokens = means.reduce((sum, { words }) => sum + words, 0);
  return { embeddings: means.map(({ vector }) => vector), usage: { inputTokens, outputTokens: 0 } };
};

const textOf = (input: EmbeddingsRequest["inputs"][number], place: number): string => {
  if (typeof input !== "string")
    throw refused("Send texts: this model has no tokens with numbers of its own.");
  if (input.length <= MAX_TEXT_LENGTH) return input;
  throw refused(
    `Text ${place + 1} has ${input.length} characters; at most ${MAX_TEXT_LENGTH} go into one vector. Cut it into passages.`,
  );
};

interface Mean {
  readonly vector: number[];
  /** How many it was made of, known or not. */
  readonly words: number;
}

const meanOf = (text: string, known: Vocabulary): Mean => {
  const sum = new Float64Array(DIMENSIONS);
  let words = 0;
  for (const word of wordsOf(text)) {
    words += 1;
    for (const rank of known.find(word)) known.addTo(sum, rank);
  }
  const length = Math.sqrt(sum.reduce((total, number) => total + number * number, 0));
  const scale = length < SHORTEST_SUM ? 0 : PARTS_OF_ONE / length;
  return { words, vector: Array.from(sum, (number) => Math.round(number * scale) / PARTS_OF_ONE) };
};

const refused = (message: string): PluginError => new PluginError("invalid_input", message);
