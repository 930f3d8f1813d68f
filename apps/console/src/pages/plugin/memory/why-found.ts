import type { MemoryAnswerDto } from "@patchbay/protocol";
import type { Formats } from "../../../components/formats.ts";

export type Hit = Pick<MemoryAnswerDto["hits"][number], "words" | "meaning">;

export interface WhyFound {
  /** Sentences of `memory.why`, which have the other members as their facts. */
  readonly reasons: readonly ("allWords" | "someWords" | "nearest" | "near")[];
  readonly share: string;
  readonly rank: string;
  readonly similarity: string;
}

/** Why a memory was found: by its words, by its meaning, or by both. */
export const whyFound = (
  { words, meaning }: Hit,
  { number, percent }: Pick<Formats, "number" | "percent">,
): WhyFound => ({
  reasons: [
    ...(words === null ? [] : [words.share < 1 ? ("someWords" as const) : ("allWords" as const)]),
    ...(meaning === null ? [] : [meaning.rank === 1 ? ("nearest" as const) : ("near" as const)]),
  ],
  share: percent(rounded(words?.share ?? 0)),
  rank: number(meaning?.rank ?? 0),
  similarity: percent(rounded(meaning?.similarity ?? 0)),
});

/** To a hundredth, as more would say more than is known; of opposites that they have nothing in common. */
const rounded = (share: number): number => Math.max(0, Math.round(share * 100) / 100);
