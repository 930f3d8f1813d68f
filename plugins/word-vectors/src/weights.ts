/** From which share of all words on a word counts for less than half: it says little of what a text is about. */
const HALF_SHARE = 1e-4;

/** Which share of the words of texts the word of this rank is, the most frequent one having 0: by Zipf's law, for so many words. */
export const shareOf = (rank: number, words: number): number => 1 / ((rank + 1) * Math.log(words));

/** How much a word counts in a text: 1 for the rarest, the less the more frequent it is (smooth inverse frequency). */
export const weightOf = (rank: number, words: number): number =>
  HALF_SHARE / (HALF_SHARE + shareOf(rank, words));
