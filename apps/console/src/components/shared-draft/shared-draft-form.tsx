import { Button, Stack } from "@mantine/core";
import type { Revised } from "@patchbay/api-client";
import { type QueryFilters, type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useMemo, useRef } from "react";
import { LeavingAlert } from "../leaving-alert.tsx";
import { ProblemAlert } from "../problem-alert.tsx";
import { tellDone } from "../tell.ts";
import { DraftNotice, type DraftNoticeProps } from "./draft-notice.tsx";
import { isChangedMeanwhile, isSame } from "./merge-values.ts";
import { type Stored, useSharedDraft } from "./use-shared-draft.ts";

interface SharedDraftFormProps<R extends object, T extends object> {
  /** What the server has. */
  readonly read: Revised<R>;
  /** That as the values of the form. The same function each time. */
  readonly valuesOf: (read: R) => T;
  /** Sends the values; `seen` is the revision that they were made from. Throws what the form then says. */
  readonly put: (values: T, seen: string | undefined) => Promise<Revised<R>>;
  /** Where `read` is kept. */
  readonly queryKey: QueryKey;
  /** What else is read anew once it is saved. */
  readonly follows?: QueryFilters;
  /** What the values are called, and mean. */
  readonly words: Pick<DraftNoticeProps, "titleOf" | "wordsOf">;
  readonly labels: { readonly save: string; readonly saved: string; readonly notSaved: string };
  /** Those who may not change it read it. */
  readonly disabled: boolean;
  /** The fields. */
  readonly children: (form: {
    readonly values: T;
    /** Replaces some of the values. */
    change(part: Partial<T>): void;
  }) => ReactNode;
}

interface Sent<T> {
  readonly values: T;
  readonly seen: string | undefined;
  /** Hears what the server has made of it. */
  readonly onSaved: (stored: Stored<T>) => void;
}

/**
 * A form whose values others change too, and which is saved as a whole. What somebody else has changed meanwhile is taken over or waits
 * for a choice; after a refusal it is read before the refusal is shown.
 */
export const SharedDraftForm = <R extends object, T extends object>({
  read,
  valuesOf,
  put,
  queryKey,
  follows,
  words,
  labels,
  disabled,
  children,
}: SharedDraftFormProps<R, T>): ReactNode => {
  const queries = useQueryClient();
  const saved = useMemo(() => valuesOf(read), [read, valuesOf]);
  const save = useMutation({
    mutationFn: ({ values, seen }: Sent<T>) => put(values, seen),
    onSuccess: (answer, { onSaved }) => {
      onSaved({ values: valuesOf(answer), revision: answer.revision });
      queries.setQueryData(queryKey, answer);
      if (follows !== undefined) void queries.invalidateQueries(follows);
      tellDone(labels.saved);
    },
    onError: async (error) => {
      if (isChangedMeanwhile(error)) await queries.invalidateQueries({ queryKey });
    },
  });
  const draft = useSharedDraft<T>({ values: saved, revision: read.revision }, { isPaused: save.isPending });
  const notice = useRef<HTMLDivElement>(null);
  const { values } = draft;
  const isChanged = !isSame(values, saved);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conflicts.length > 0) notice.current?.focus();
        else save.mutate({ values, seen: draft.seen, onSaved: draft.sent() });
      }}
    >
      <Stack gap="lg">
        {children({ values, change: (part) => draft.change({ ...values, ...part }) })}
        <DraftNotice ref={notice} draft={draft} {...words} />
        {save.error !== null && (
          <ProblemAlert title={labels.notSaved} error={save.error} fieldOf={words.titleOf} />
        )}
        <LeavingAlert isDirty={isChanged} />
        {!disabled && (
          <Button type="submit" w="fit-content" disabled={!isChanged} loading={save.isPending}>
            {labels.save}
          </Button>
        )}
      </Stack>
    </form>
  );
};
