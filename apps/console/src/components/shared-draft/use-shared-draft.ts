import { atPointer } from "@patchbay/protocol";
import { useState } from "react";
import { isSame, mergeValues, type Values, withValueAt } from "./merge-values.ts";

interface DraftState<T> {
  /** What stood on the server when `values` were last brought together with it. */
  readonly base: T;
  readonly revision: string | undefined;
  readonly values: T;
  /** Pointers of values that go back to what they inherit. */
  readonly unset: ReadonlySet<string>;
  readonly taken: ReadonlySet<string>;
  readonly conflicts: ReadonlySet<string>;
}

/** What both have changed; where the value cannot be read, maybe. */
export interface DraftConflict {
  readonly pointer: string;
  readonly mine: unknown;
  readonly theirs: unknown;
  /** Mine is to go back to what it inherits. */
  readonly isUnset: boolean;
  readonly isHidden: boolean;
}

export interface SharedDraft<T> {
  readonly values: T;
  readonly unset: ReadonlySet<string>;
  /** What a change names as the state that it was made from. */
  readonly seen: string | undefined;
  /** Pointers of what others have changed meanwhile, and this draft has taken over. */
  readonly taken: readonly string[];
  /** To be settled one by one before anything is saved. */
  readonly conflicts: readonly DraftConflict[];
  change(values: T): void;
  toggleUnset(pointer: string): void;
  settle(pointer: string, choice: "mine" | "theirs"): void;
  /** Drops what was entered, for what was read. */
  forget(): void;
  /** For what is entered now: to be called with what the server has then. What is entered while it is on its way stays. */
  sent(): (stored: Stored<T>) => void;
}

export interface Stored<T> {
  readonly values: T;
  readonly revision?: string | undefined;
}

export interface SharedDraftOptions {
  /** Pointers of values that can be written, not read. */
  readonly hidden?: readonly string[];
  /** While what was entered is being saved, what comes from the server may be that. */
  readonly isPaused?: boolean;
}

/**
 * A draft of values that others change too. What they change is taken over where this draft left it alone; what both changed waits for
 * somebody to choose.
 */
export const useSharedDraft = <T extends object>(
  stored: Stored<T>,
  { hidden = [], isPaused = false }: SharedDraftOptions = {},
): SharedDraft<T> => {
  const [kept, setDraft] = useState<DraftState<T> | null>(null);
  let draft = kept;
  if (kept !== null && !isPaused && isOther(kept, stored)) {
    draft = rebased(kept, stored, hidden);
    setDraft(draft);
  }
  const now = draft ?? started(stored);
  return {
    values: now.values,
    unset: now.unset,
    seen: now.revision,
    taken: [...now.taken],
    conflicts: openConflicts(now, hidden),
    // Whoever edits a value wants it.
    change: (values) => setDraft({ ...now, values, unset: stillUnset(now, values) }),
    toggleUnset: (pointer) => setDraft({ ...now, unset: now.unset.symmetricDifference(new Set([pointer])) }),
    settle: (pointer, choice) => setDraft(settled(now, pointer, choice)),
    forget: () => setDraft(null),
    sent: () => (answer) =>
      setDraft((last) => (last === null || last === now ? null : followed(last, now, answer))),
  };
};

const NOTHING: ReadonlySet<string> = new Set();

const started = <T>({ values, revision }: Stored<T>): DraftState<T> => ({
  base: values,
  revision,
  values,
  unset: NOTHING,
  taken: NOTHING,
  conflicts: NOTHING,
});

const isOther = <T>({ base, revision }: DraftState<T>, stored: Stored<T>): boolean =>
  revision !== stored.revision || (base !== stored.values && !isSame(base, stored.values));

/** The draft on top of what is on the server now. */
const rebased = <T extends object>(
  draft: DraftState<T>,
  { values: theirs, revision }: Stored<T>,
  hidden: readonly string[],
): DraftState<T> => {
  const merged = mergeValues(draft.base as Values, draft.values as Values, theirs as Values, draft.unset);
  const blind = hidden.filter((at) => atPointer(draft.values, at) !== undefined);
  return {
    base: theirs,
    revision,
    unset: draft.unset,
    values: merged.values as T,
    taken: draft.taken.union(new Set(merged.taken)),
    conflicts: draft.conflicts.union(new Set([...merged.conflicts, ...blind])),
  };
};

/** What was entered after something was sent, on top of what the server made of that. */
const followed = <T extends object>(
  last: DraftState<T>,
  sent: DraftState<T>,
  { values, revision }: Stored<T>,
): DraftState<T> => {
  const merged = mergeValues(sent.values as Values, last.values as Values, values as Values);
  const unset = last.unset.difference(sent.unset);
  return { ...started({ values, revision }), values: merged.values as T, unset };
};

const stillUnset = <T>({ unset, values }: DraftState<T>, next: T): ReadonlySet<string> =>
  new Set([...unset].filter((at) => isSame(atPointer(values, at), atPointer(next, at))));

const openConflicts = <T>(
  { base, values, unset, conflicts }: DraftState<T>,
  hidden: readonly string[],
): DraftConflict[] =>
  [...conflicts]
    .map((pointer) => ({
      pointer,
      mine: atPointer(values, pointer),
      theirs: atPointer(base, pointer),
      isUnset: unset.has(pointer),
      isHidden: hidden.includes(pointer),
    }))
    .filter(({ mine, theirs, isUnset }) => isUnset || !isSame(mine, theirs));

const settled = <T extends object>(
  draft: DraftState<T>,
  pointer: string,
  choice: "mine" | "theirs",
): DraftState<T> => {
  const one = new Set([pointer]);
  const conflicts = draft.conflicts.difference(one);
  if (choice === "mine") return { ...draft, conflicts };
  const theirs = atPointer(draft.base, pointer);
  return {
    ...draft,
    conflicts,
    values: withValueAt(draft.values as Values, pointer, theirs) as T,
    unset: draft.unset.difference(one),
  };
};
