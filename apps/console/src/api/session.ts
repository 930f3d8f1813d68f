import { useSyncExternalStore } from "react";

/** Whether the server still knows who sits here. */
export interface SessionState {
  /** It has ended while the console was in use: somebody has to sign in again. */
  readonly isOver: boolean;
  /** Grows by one each time that somebody has signed in again. */
  readonly round: number;
  /** Somebody else has signed in: nothing of this page is theirs, and nothing of it is shown any more. */
  readonly isReplaced: boolean;
}

let state: SessionState = { isOver: false, round: 0, isReplaced: false };
const listeners = new Set<() => void>();

const become = (next: SessionState): void => {
  state = next;
  for (const listener of listeners) listener();
};

export const endSession = (): void => {
  if (!state.isOver) become({ ...state, isOver: true });
};

export const resumeSession = (): void => become({ ...state, isOver: false, round: state.round + 1 });

export const replaceSession = (): void => become({ ...state, isReplaced: true });

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useSession = (): SessionState => useSyncExternalStore(subscribe, () => state);
