import { Alert, Skeleton, Stack } from "@mantine/core";
import type { Revised } from "@patchbay/api-client";
import {
  atPointer,
  type FieldError,
  type InstallationDto,
  PatchbayError,
  type SettingsDto,
} from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { Fragment, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "../../../components/loading.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { titleAt } from "../../../components/schema-form/field-at.ts";
import { SchemaForm } from "../../../components/schema-form/schema-form.tsx";
import { DraftNotice } from "../../../components/shared-draft/draft-notice.tsx";
import { isSame, type Values } from "../../../components/shared-draft/merge-values.ts";
import { type SharedDraft, useSharedDraft } from "../../../components/shared-draft/use-shared-draft.ts";
import { useOrganization } from "../../../session/organization.ts";
import { usePluginRights } from "../rights.ts";
import { CloseAction, FormActions } from "./form-actions.tsx";
import { Origin, originOf, Repair, StoredElsewhere } from "./settings-notes.tsx";
import { settingsPatchOf } from "./settings-patch.ts";
import { hasField, type StoredFault, storedFaultsOf } from "./stored-faults.ts";
import { useSettingsChanges } from "./use-settings-changes.ts";

export interface SettingsFormProps {
  readonly installation: InstallationDto;
  /** Slug; null for the organization. */
  readonly project: string | null;
  readonly onDirty: (isDirty: boolean) => void;
}

/** The settings of one level with the buttons that change them, in a dialog or on a page. */
export const SettingsForm = ({ installation, project, onDirty }: SettingsFormProps) => {
  const { org, client } = useOrganization();
  const { plugin, version } = installation;
  const schema = useQuery({
    queryKey: [org, "catalog", plugin, "settings-schema", version],
    queryFn: () => client.catalog.settingsSchema(plugin, version),
  });
  const settings = useQuery({
    queryKey: [org, "plugins", plugin, "settings", project],
    queryFn: () => client.plugins.settings(plugin, project ?? undefined),
    // A draft is held against what was read; the server checks every value anyway.
    refetchOnMount: "always",
  });
  // Once read, the form stays whatever happens: there may be something entered in it.
  const failed = [schema, settings].find(({ isLoadingError }) => isLoadingError);
  if (failed !== undefined)
    return (
      <RetryProblem
        error={failed.error}
        onRetry={() => {
          void schema.refetch();
          void settings.refetch();
        }}
      />
    );
  if (schema.data === undefined || settings.data === undefined) return <FormSkeleton />;
  return (
    <LoadedForm
      installation={installation}
      project={project}
      onDirty={onDirty}
      schema={schema.data}
      settings={settings.data}
    />
  );
};

const FormSkeleton = () => {
  const { t } = useTranslation("plugins");
  return (
    <Loading words={t("settings.loading")}>
      <Skeleton height={56} />
      <Skeleton height={56} />
      <Skeleton height={56} />
    </Loading>
  );
};

interface LoadedFormProps extends SettingsFormProps {
  readonly schema: unknown;
  readonly settings: Revised<SettingsDto>;
}

const LoadedForm = ({ installation, project, onDirty, schema, settings }: LoadedFormProps) => {
  const { t } = useTranslation("plugins");
  const { mayConfigure } = usePluginRights();
  const { save, reset } = useSettingsChanges(installation, project);
  const draft = useSharedDraft<Values>(settings, {
    hidden: useMemo(() => Object.keys(settings.secrets), [settings.secrets]),
    isPaused: save.isPending || reset.isPending,
  });
  const patch = useMemo(
    () => settingsPatchOf(settings.values, draft.values, draft.unset),
    [settings.values, draft.values, draft.unset],
  );
  const isDirty = Object.keys(patch).length > 0;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  const notice = useRef<HTMLDivElement>(null);
  const faults = useMemo(() => storedFaultsOf(settings, schema, project), [settings, schema, project]);
  const invalid = save.error instanceof PatchbayError ? save.error.errors : undefined;
  const form = useFocusOnInvalid(invalid);
  const isFixed = !mayConfigure(project);
  const titleOf = (pointer: string) => titleAt(schema, pointer);
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conflicts.length > 0) notice.current?.focus();
        else save.mutate({ patch, seen: draft.seen, onSaved: draft.sent() });
      }}
    >
      <Stack gap="md">
        {isFixed && <Alert color="gray">{t("settings.mayNot")}</Alert>}
        <DraftNotice ref={notice} draft={draft} titleOf={titleOf} />
        {[save.error, reset.error].map(
          (error, place) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: these two never change places
            error !== null && <ProblemAlert key={place} error={error} fieldOf={titleOf} />,
        )}
        <StoredElsewhere
          faults={faults.filter((fault) => !hasField(fault))}
          draft={draft}
          isFixed={isFixed}
        />
        <SchemaForm
          schema={schema}
          value={draft.values}
          onChange={draft.change}
          errors={[...(invalid ?? []), ...unmended(faults, settings, draft)]}
          disabled={isFixed}
          isSecretSet={(pointer) => settings.secrets[pointer]?.set === true}
          isMarked={(pointer) => faults.some((fault) => fault.pointer === pointer)}
          note={(pointer) => (
            <Notes
              pointer={pointer}
              project={project}
              draft={draft}
              isFixed={isFixed}
              settings={settings}
              faults={faults}
            />
          )}
        />
        {isFixed ? (
          <CloseAction />
        ) : (
          <FormActions
            project={project}
            isDirty={isDirty}
            isSaving={save.isPending}
            isResetting={reset.isPending}
            onReset={() => reset.mutate({ seen: draft.seen, onSaved: draft.forget })}
          />
        )}
      </Stack>
    </form>
  );
};

/** The first field with an error takes the focus when errors come. */
const useFocusOnInvalid = (invalid: readonly FieldError[] | undefined) => {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (invalid !== undefined) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [invalid]);
  return form;
};

/** Stored values that do not fit, as long as nothing is entered in their place. */
const unmended = (
  faults: readonly StoredFault[],
  { values }: SettingsDto,
  draft: SharedDraft<Values>,
): FieldError[] =>
  faults.filter(
    ({ pointer, isOwn }) =>
      isOwn &&
      !draft.unset.has(pointer) &&
      isSame(atPointer(values, pointer), atPointer(draft.values, pointer)),
  );

interface NotesProps {
  readonly pointer: string;
  readonly project: string | null;
  readonly draft: SharedDraft<Values>;
  readonly settings: SettingsDto;
  readonly faults: readonly StoredFault[];
  readonly isFixed: boolean;
}

/** Below a field: where its value comes from, and what is stored for it and does not apply. */
const Notes = ({ pointer, project, draft, settings, faults, isFixed }: NotesProps) => {
  const origin = originOf(settings, pointer);
  const own = faults.filter((fault) => fault.pointer === pointer);
  const isSecret = settings.secrets[pointer] !== undefined;
  return (
    <>
      {origin !== undefined && (
        <Origin
          pointer={pointer}
          project={project}
          draft={draft}
          origin={origin}
          isSecret={isSecret}
          isFixed={isFixed}
        />
      )}
      {own.map((fault) => (
        <Fragment key={String(fault.isOwn)}>
          {" "}
          <Repair fault={fault} draft={draft} isFixed={isFixed} />
        </Fragment>
      ))}
    </>
  );
};
