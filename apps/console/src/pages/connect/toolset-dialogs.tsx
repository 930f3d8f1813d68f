import { TextInput } from "@mantine/core";
import type { ToolsetDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog, useDialog } from "../../components/dialog.tsx";
import { DraftNotice } from "../../components/shared-draft/draft-notice.tsx";
import { isChangedMeanwhile, isSame } from "../../components/shared-draft/merge-values.ts";
import { useSharedDraft } from "../../components/shared-draft/use-shared-draft.ts";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { ToolsetForm } from "./toolset-form.tsx";
import { bodyOf, changeOf, NO_VALUES, type ToolsetValues, valuesOf } from "./toolset-values.ts";

/** Makes a toolset. */
export const CreateToolsetDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation("connect");
  const [name, setName] = useState("");
  const [values, setValues] = useState(NO_VALUES);
  return (
    <Dialog
      title={t("create.title")}
      onClose={onClose}
      isDirty={name !== "" || values !== NO_VALUES}
      size="lg"
    >
      <CreateForm name={name} onName={setName} values={values} onChange={setValues} />
    </Dialog>
  );
};

interface CreateFormProps {
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly values: ToolsetValues;
  readonly onChange: (values: ToolsetValues) => void;
}

const CreateForm = ({ name, onName, values, onChange }: CreateFormProps) => {
  const { t } = useTranslation("connect");
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: () => client.toolsets.create(bodyOf(name.trim(), values)),
    onSuccess: async () => {
      leave();
      tellDone(t("create.done"));
      await queries.invalidateQueries({ queryKey: [org, "toolsets"] });
    },
  });
  return (
    <ToolsetForm
      values={values}
      onChange={onChange}
      failure={create.error === null ? null : { title: t("create.failed"), error: create.error }}
      action={t("create.action")}
      isSaving={create.isPending}
      mayBeSaved
      onSave={() => create.mutate()}
    >
      <TextInput
        label={t("field.short")}
        description={t("field.shortHelp")}
        value={name}
        maxLength={63}
        pattern="[a-z0-9]([a-z0-9\-]*[a-z0-9])?"
        required
        onChange={({ currentTarget }) => onName(currentTarget.value)}
      />
    </ToolsetForm>
  );
};

export interface ChangeToolsetDialogProps {
  /** As it stands on the server now, which others may change meanwhile. */
  readonly toolset: ToolsetDto;
  readonly onClose: () => void;
}

/** Changes all of a toolset but its short name, which is its address. */
export const ChangeToolsetDialog = ({ toolset, onClose }: ChangeToolsetDialogProps) => {
  const { t } = useTranslation("connect");
  const saved = valuesOf(toolset);
  const draft = useSharedDraft<ToolsetValues>({ values: saved, revision: toolset.revision });
  const isDirty = !isSame(draft.values, saved);
  return (
    <Dialog title={t("change.title")} onClose={onClose} isDirty={isDirty} size="lg">
      <ChangeForm name={toolset.name} draft={draft} isDirty={isDirty} />
    </Dialog>
  );
};

interface ChangeFormProps {
  readonly name: string;
  readonly draft: ReturnType<typeof useSharedDraft<ToolsetValues>>;
  readonly isDirty: boolean;
}

const ChangeForm = ({ name, draft, isDirty }: ChangeFormProps) => {
  const { t } = useTranslation("connect");
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  const queries = useQueryClient();
  const notice = useRef<HTMLDivElement>(null);
  const queryKey = [org, "toolsets"];
  const change = useMutation({
    mutationFn: ({ values, seen }: Pick<ChangeFormProps["draft"], "values" | "seen">) =>
      client.toolsets.change(name, changeOf(values), seen),
    onSuccess: async () => {
      leave();
      tellDone(t("change.done"));
      await queries.invalidateQueries({ queryKey });
    },
    // What somebody else has changed meanwhile is read before a refusal is shown.
    onError: async (error) => {
      if (isChangedMeanwhile(error)) await queries.invalidateQueries({ queryKey });
    },
  });
  const titleOf = (pointer: string): string => {
    const [, field] = pointer.split("/");
    return field === "title" || field === "description" || field === "mode"
      ? t(`field.${field}`)
      : t("field.tools");
  };
  return (
    <ToolsetForm
      values={draft.values}
      onChange={(values) => draft.change(values)}
      failure={change.error === null ? null : { title: t("change.failed"), error: change.error }}
      action={t("change.action")}
      isSaving={change.isPending}
      mayBeSaved={isDirty}
      onSave={() => {
        if (draft.conflicts.length > 0) notice.current?.focus();
        else change.mutate({ values: draft.values, seen: draft.seen });
      }}
    >
      <DraftNotice ref={notice} draft={draft} titleOf={titleOf} />
    </ToolsetForm>
  );
};
