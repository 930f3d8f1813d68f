/** Every run kills often enough to see a fault that is there most times; `KILL_FACTOR=5 npm test -- kill` does so many times more. */
const FACTOR = Number(process.env.KILL_FACTOR ?? 1);

/** How many times a test kills. */
export const kills = (usual: number): number => Math.ceil(usual * FACTOR);

/** What that may take: each kill waits for a start, and machines may be busy. */
export const killedWithin = (count: number): number => 120_000 + count * 20_000;
