import { createTestHarness } from "@patchbay/sdk/testing";
import { expect, test } from "vitest";
import plugin from "./plugin.ts";
import { wordsOf } from "./words.ts";

/** Questions, and passages that answer them in other words. Nothing was chosen by how well it does on these. */
const PAIRS: readonly (readonly [question: string, passage: string])[] = [
  ["How do I cancel my order?", "A purchase can be withdrawn until the goods have been dispatched."],
  ["Are there discounts for students?", "Pupils at universities pay half the usual price."],
  ["Where is my suitcase?", "Lost luggage from your flight is kept at the airport counter."],
  ["How many people live in the capital?", "The city has a population of two million inhabitants."],
  ["Why was the train late?", "A signal failure on the railway delayed all services this morning."],
  [
    "Do you have something without meat?",
    "Our vegetarian menu offers pasta, mushrooms and grilled vegetables.",
  ],
  ["What does the guarantee cover?", "The warranty includes repairs of defects, but not damage by accident."],
  ["Which doctor treats skin problems?", "Patients with a rash should see the dermatologist in the clinic."],
  [
    "When was the bridge built?",
    "Construction of the river crossing was completed in the nineteenth century.",
  ],
  ["How do I make a copy of my files?", "Back up documents regularly to an external disk or the cloud."],
  ["The screen stays black.", "If the display shows nothing, check the cable of the monitor."],
  ["Who wrote this novel?", "The author of the book is a young writer from Dublin."],
  ["Is it dangerous to swim there?", "Strong currents in the sea make bathing at this beach risky."],
  ["What is the salary of a nurse?", "Hospital carers earn about three thousand euros in monthly wages."],
  ["How do I get rid of mice?", "Set traps and seal holes so that rodents leave the kitchen."],
  ["Why are shares falling?", "Stocks dropped on Wall Street as investors feared higher interest rates."],
  ["Can I pay by card?", "We accept cash and all major credit companies at the checkout."],
  ["What happened to the ship?", "The vessel struck a rock in the storm and sank with its cargo."],
  ["How long should I boil eggs?", "Cook them in hot water for eight minutes until the yolk is firm."],
  [
    "Where can my son play football?",
    "The soccer club trains boys and girls on the field behind the school.",
  ],
  [
    "Who will be the next president?",
    "The election of a new head of state is held in November, with two candidates.",
  ],
  [
    "What clothes should I wear for the interview?",
    "Applicants for a job are advised to dress in a suit and polished shoes.",
  ],
  ["How do plants make energy?", "Leaves use sunlight and carbon dioxide to produce sugar and oxygen."],
  ["Did the scientists find life on Mars?", "Researchers discovered no organisms on the red planet so far."],
  ["My tooth hurts at night.", "For an aching jaw, make an appointment with the dentist."],
  ["Is the flat still available to rent?", "The apartment has been let to tenants since last week."],
  ["How can I lose weight?", "A diet with less fat and regular exercise helps to reduce obesity."],
  ["Which animals are active after dark?", "Owls, bats and foxes hunt at night and sleep during the day."],
  ["Why do the lights flicker?", "Faulty wiring or a loose bulb causes unsteady electricity in the lamps."],
  [
    "When must I file my taxes?",
    "The deadline for declaring income to the revenue office is the end of May.",
  ],
];
const PASSAGES = PAIRS.map(([, passage]) => passage);

type Score = (question: string, passage: string) => number;

/** For how many questions the passage that answers is among the best three of all. A tie counts against it. */
const recallAt3 = (score: Score): number =>
  PAIRS.filter(([question, answer]) => {
    const own = score(question, answer);
    return PASSAGES.filter((one) => one !== answer && score(question, one) >= own).length < 3;
  }).length;

/** Words that both have, the rarer the more, as full text search would count them. */
const overlap: Score = (question, passage) => {
  const words = new Set(wordsOf(passage));
  const shared = [...new Set(wordsOf(question))].filter((word) => words.has(word));
  return shared.reduce((sum, word) => sum + Math.log(1 + PASSAGES.length / frequencyOf(word)), 0);
};
const frequencyOf = (word: string): number =>
  PASSAGES.filter((one) => [...wordsOf(one)].includes(word)).length;

test("finds passages that say it in other words, which the words that they share do not", async () => {
  const texts = PAIRS.flat();
  const { embeddings } = await createTestHarness(plugin).embed("word-vectors/english-100d", texts);
  const known = new Map(texts.map((text, place) => [text, embeddings[place] ?? []]));
  const cosine: Score = (question, passage) => {
    const other = known.get(passage) ?? [];
    return (known.get(question) ?? []).reduce((sum, number, place) => sum + number * (other[place] ?? 0), 0);
  };
  // The README says these two.
  expect([recallAt3(cosine), recallAt3(overlap)]).toEqual([29, 2]);
});
