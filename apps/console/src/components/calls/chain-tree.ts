import type { CallDto } from "@patchbay/protocol";

/** A call of a chain, at its place. */
export interface ChainCall {
  readonly call: CallDto;
  /** How many of those that are shown it is below. */
  readonly depth: number;
  /** After the beginning of the first one that is shown, in milliseconds. */
  readonly afterMs: number;
}

/** The chain as a tree, each call below the one that made it; one whose caller is not there stands at the top. */
export const chainTree = (
  calls: readonly CallDto[],
): { readonly calls: ChainCall[]; readonly ms: number } => {
  const known = new Set(calls.map(({ id }) => id));
  const below = Map.groupBy(calls, ({ parent }) =>
    parent !== undefined && known.has(parent) ? parent : undefined,
  );
  const begins = (call: CallDto) => new Date(call.at).getTime();
  const first = Math.min(...calls.map(begins));
  const tree: ChainCall[] = [];
  const add = (parent: string | undefined, depth: number): void => {
    for (const call of below.get(parent) ?? []) {
      tree.push({ call, depth, afterMs: begins(call) - first });
      add(call.id, depth + 1);
    }
  };
  add(undefined, 0);
  return { calls: tree, ms: Math.max(0, ...tree.map(({ call, afterMs }) => afterMs + call.durationMs)) };
};
