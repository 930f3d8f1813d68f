import type { MemoryAnswer } from "@patchbay/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { builtinPackages } from "../../apps/server/src/artifacts/builtin-packages.ts";
import { type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { MEMORY_PERMISSIONS, remembering, runIn } from "./support/memory-plugins.ts";
import { REMEMBERED } from "./support/remembered-sentences.ts";

let domain: Domain;
let organization: TestOrganization;
const WORD_VECTORS = "patchbay.word-vectors";

beforeAll(async () => {
  domain = await openDomain();
  const packages = await builtinPackages();
  await domain.builtins.admit(packages.filter((path) => path.includes("word-vectors")));
  organization = await TestOrganization.create(domain);
  await domain.builtins.spreadTo(organization.id);
  await organization.install(remembering("acme.notes"), { grants: MEMORY_PERMISSIONS as never });
});
afterAll(() => domain.close());

const run = async <T>(code: string, given: unknown): Promise<T> =>
  (await runIn(organization, "acme.notes", { code, given })) as T;

/** For how many questions the sentence that answers is among the first three. */
const recallAt3 = (
  answers: readonly MemoryAnswer[],
  of: (answer: MemoryAnswer) => readonly string[],
): number =>
  answers.filter((answer, place) =>
    of(answer)
      .slice(0, 3)
      .includes(REMEMBERED[place]?.[0] ?? ""),
  ).length;

const byRank = (answer: MemoryAnswer, kind: "words" | "meaning"): readonly string[] =>
  answer.hits
    .filter((hit) => hit[kind] !== null)
    .toSorted((one, other) => (one[kind]?.rank ?? 0) - (other[kind]?.rank ?? 0))
    .map(({ entry }) => entry.text);

it("finds sentences by questions in other words, without a key or a network", async () => {
  await domain.switching.enable(organization.owner, organization.slug, WORD_VECTORS);
  await run(
    `await memory.createNamespace("life"); for (const text of given) await memory.add("life", { text })`,
    REMEMBERED.map(([sentence]) => sentence),
  );
  const answers = await run<MemoryAnswer[]>(
    `const answers = []; for (const question of given) answers.push(await memory.search("life", question, { limit: 50 })); return answers`,
    REMEMBERED.map(([, question]) => question),
  );
  expect(answers.every(({ meaning }) => meaning === "complete")).toBe(true);
  const words = recallAt3(answers, (answer) => byRank(answer, "words"));
  const meaning = recallAt3(answers, (answer) => byRank(answer, "meaning"));
  const fused = recallAt3(answers, ({ hits }) => hits.map(({ entry }) => entry.text));
  console.info(
    `Recall at 3 of ${REMEMBERED.length}: full text ${words}, meaning ${meaning}, fused ${fused}.`,
  );
  expect(fused / REMEMBERED.length).toBeGreaterThanOrEqual(0.8);
  expect(words).toBeLessThan(fused / 2);
}, 60_000);
