import { Button, Stack, Textarea, TextInput } from "@mantine/core";
import type { MemoryChangeBody, MemoryEntryDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, DialogActions, useDialog } from "../../../components/dialog.tsx";
import { rowsOf } from "../../../components/long-text.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { JsonArea } from "../../../components/schema-form/json-area.tsx";
import { DraftNotice } from "../../../components/shared-draft/draft-notice.tsx";
import { isChangedMeanwhile, isSame } from "../../../components/shared-draft/merge-values.ts";
import { type SharedDraft, useSharedDraft } from "../../../components/shared-draft/use-shared-draft.ts";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import { draftOf, type MemoryDraft, readDraft } from "./memory-draft.ts";
import { isToldAtFields, useFaultWords } from "./use-fault-words.ts";

export interface CorrectMemoryDialogProps {
  readonly plugin: string;
  readonly namespace: string;
  /** As it stands on the server now, which others may change meanwhile. */
  readonly memory: MemoryEntryDto;
  readonly onClose: () => void;
}

/** Corrects what a plugin keeps in mind. */
export const CorrectMemoryDialog = (props: CorrectMemoryDialogProps) => {
  const { t } = useTranslation("memory");
  const saved = draftOf(props.memory);
  const draft = useSharedDraft<MemoryDraft>({ values: saved, revision: props.memory.revision });
  const isDirty = !isSame(draft.values, saved);
  return (
    <Dialog title={t("correct.title")} onClose={props.onClose} isDirty={isDirty}>
      <CorrectForm {...props} saved={saved} draft={draft} isDirty={isDirty} />
    </Dialog>
  );
};

interface CorrectFormProps extends CorrectMemoryDialogProps {
  readonly saved: MemoryDraft;
  readonly draft: SharedDraft<MemoryDraft>;
  readonly isDirty: boolean;
}

const CorrectForm = ({ saved, draft, isDirty, ...place }: CorrectFormProps) => {
  const { t } = useTranslation(["memory", "common"]);
  const { close } = useDialog();
  const save = useCorrect(place);
  const notice = useRef<HTMLDivElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const { values } = draft;
  const { change, faults } = readDraft(values, saved, new Date());
  const errorOf = useFaultWords(faults, save.error);
  // What the server finds wrong stands at its field, to which it leads.
  useEffect(() => {
    if (isToldAtFields(save.error)) focusFault(form.current);
  }, [save.error]);
  const set = (part: Partial<MemoryDraft>) => {
    save.reset();
    draft.change({ ...values, ...part });
  };
  const titleOf = (pointer: string) => t(`field.${pointer.slice(1) as keyof MemoryDraft}`);
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conflicts.length > 0) notice.current?.focus();
        else if (Object.keys(faults).length > 0) focusFault(form.current);
        else save.mutate({ change, seen: draft.seen });
      }}
    >
      <Stack gap="sm">
        {save.error !== null && !isToldAtFields(save.error) && (
          <ProblemAlert title={t("correct.failed")} error={save.error} fieldOf={titleOf} />
        )}
        <Textarea
          label={t("field.text")}
          description={t("correct.textHelp")}
          error={errorOf("text")}
          value={values.text}
          onChange={({ currentTarget }) => set({ text: currentTarget.value })}
          rows={rowsOf(values.text, 5)}
          dir="auto"
          styles={{ input: { resize: "vertical" } }}
        />
        <TextInput
          type="datetime-local"
          label={t("field.expiresAt")}
          description={t("correct.expiryHelp")}
          error={errorOf("expiresAt")}
          value={values.expiresAt}
          onChange={({ currentTarget }) => set({ expiresAt: currentTarget.value })}
          step={1}
          max="9999-12-31T23:59:59"
          styles={{ wrapper: { maxWidth: 260 } }}
        />
        <JsonArea
          label={t("field.metadata")}
          description={t("correct.metadataHelp")}
          error={errorOf("metadata")}
          value={values.metadata}
          onChange={(metadata) => set({ metadata })}
          rows={4}
        />
        <DraftNotice ref={notice} draft={draft} titleOf={titleOf} />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" disabled={!isDirty} loading={save.isPending}>
          {t("common:save")}
        </Button>
      </DialogActions>
    </form>
  );
};

const focusFault = (form: HTMLFormElement | null): void =>
  form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();

interface Sent {
  readonly change: MemoryChangeBody;
  readonly seen: string | undefined;
}

/** What somebody else has changed meanwhile is read before a refusal is shown. */
const useCorrect = ({ plugin, namespace, memory: { id } }: CorrectMemoryDialogProps) => {
  const { t } = useTranslation("memory");
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  const queries = useQueryClient();
  const queryKey = [org, "memory"];
  return useMutation({
    mutationFn: ({ change, seen }: Sent) => client.memory.change(plugin, namespace, id, change, seen),
    onSuccess: async () => {
      leave();
      tellDone(t("correct.done"));
      await queries.invalidateQueries({ queryKey });
    },
    onError: async (error) => {
      if (isChangedMeanwhile(error)) await queries.invalidateQueries({ queryKey });
    },
  });
};
