import { Alert, Anchor, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { atPointer, type InstallationDto, PatchbayError, type SettingsDto } from "@patchbay/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../../api/query-client.ts";
import { useOrganization } from "../../app/organization.ts";
import { DialogActions, useDialog } from "../../components/dialog.tsx";
import { Loading } from "../../components/loading.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { SchemaForm } from "../../components/schema-form/schema-form.tsx";
import { tellDone } from "../../components/tell.ts";
import { usePluginRights } from "./rights.ts";
import { settingsPatchOf } from "./settings-draft.ts";

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
  const error = schema.error ?? settings.error;
  if (error !== null)
    return (
      <RetryProblem
        error={error}
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
  readonly settings: SettingsDto;
}

const LoadedForm = ({ installation, project, onDirty, schema, settings }: LoadedFormProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { isDialog, close } = useDialog();
  const { mayConfigure } = usePluginRights();
  const draft = useDraft(settings, onDirty);
  const { save, reset } = useSettingsChanges(installation, project, draft.forget);
  const form = useRef<HTMLFormElement>(null);
  const invalid = save.error instanceof PatchbayError ? save.error.errors : undefined;
  useEffect(() => {
    if (invalid !== undefined) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [invalid]);
  const mayChange = mayConfigure(project);
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ patch: draft.patch, forget: draft.taken() });
      }}
    >
      <Stack gap="md">
        {!mayChange && <Alert color="gray">{t("settings.mayNot")}</Alert>}
        {save.error !== null && <ProblemAlert title={t("settings.invalid")} error={save.error} />}
        {reset.error !== null && <ProblemAlert error={reset.error} />}
        <SchemaForm
          schema={schema}
          value={draft.values}
          onChange={draft.change}
          {...(invalid && { errors: invalid })}
          disabled={!mayChange}
          isSecretSet={(pointer) => settings.secrets[pointer]?.set === true}
          note={(pointer) => {
            const origin = originOf(settings, pointer);
            const part = { pointer, project, draft, isSecret: settings.secrets[pointer] !== undefined };
            return origin === undefined ? null : <Origin {...part} origin={origin} isFixed={!mayChange} />;
          }}
        />
        {mayChange ? (
          <FormActions
            project={project}
            isDirty={draft.isDirty}
            isSaving={save.isPending}
            isResetting={reset.isPending}
            onReset={() => reset.mutate()}
          />
        ) : (
          isDialog && (
            <DialogActions>
              <Button variant="default" onClick={close}>
                {t("common:close")}
              </Button>
            </DialogActions>
          )
        )}
      </Stack>
    </form>
  );
};

interface Draft {
  readonly values: Readonly<Record<string, unknown>>;
  /** Pointers of values that go back to what they inherit. */
  readonly unset: ReadonlySet<string>;
  readonly patch: Record<string, unknown>;
  readonly isDirty: boolean;
  change(values: Record<string, unknown>): void;
  toggleUnset(pointer: string): void;
  /** Drops what was entered, for what was read. */
  forget(): void;
  /** The same for what is entered now alone: what is entered while it is on its way stays. */
  taken(): () => void;
}

const useDraft = (settings: SettingsDto, onDirty: (isDirty: boolean) => void): Draft => {
  const [entered, setEntered] = useState<Readonly<Record<string, unknown>> | null>(null);
  const [unset, setUnset] = useState<ReadonlySet<string>>(new Set());
  const values = entered ?? settings.values;
  const patch = useMemo(
    () => settingsPatchOf(settings.values, values, unset),
    [settings.values, values, unset],
  );
  const isDirty = Object.keys(patch).length > 0;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  return {
    values,
    unset,
    patch,
    isDirty,
    change: (next) => {
      setEntered(next);
      // Whoever edits a value wants it.
      setUnset((old) => new Set([...old].filter((at) => atPointer(values, at) === atPointer(next, at))));
    },
    toggleUnset: (pointer) =>
      setUnset((old) => (old.has(pointer) ? old.difference(new Set([pointer])) : new Set([...old, pointer]))),
    forget: () => {
      setEntered(null);
      setUnset(new Set());
    },
    taken: () => () => {
      setEntered((now) => (now === entered ? null : now));
      setUnset((now) => (now === unset ? new Set() : now));
    },
  };
};

const useSettingsChanges = (
  { plugin, name }: InstallationDto,
  project: string | null,
  forget: () => void,
) => {
  const { t } = useTranslation("plugins");
  const { org, client } = useOrganization();
  const { leave } = useDialog();
  const show = (settings: SettingsDto) => {
    queryClient.setQueryData([org, "plugins", plugin, "settings", project], settings);
  };
  const save = useMutation({
    mutationFn: ({ patch }: { patch: Record<string, unknown>; forget: () => void }) =>
      client.plugins.putSettings(plugin, patch, project ?? undefined),
    onSuccess: (settings, sent) => {
      sent.forget();
      show(settings);
      tellDone(t("done.settings", { name }));
      leave();
    },
  });
  const reset = useMutation({
    mutationFn: () => client.plugins.resetSettings(plugin, project ?? undefined),
    onSuccess: (settings) => {
      forget();
      show(settings);
      save.reset();
      tellDone(t("done.reset", { name }));
    },
  });
  return { save, reset };
};

const originOf = ({ secrets, origins }: SettingsDto, pointer: string) =>
  secrets[pointer]?.origin ?? origins[pointer];

interface OriginProps {
  readonly pointer: string;
  readonly project: string | null;
  readonly origin: NonNullable<ReturnType<typeof originOf>>;
  readonly draft: Draft;
  readonly isSecret: boolean;
  readonly isFixed: boolean;
}

/** Where a value comes from; one that is set here can go back to what it inherits. */
const Origin = ({ pointer, project, origin, draft, isSecret, isFixed }: OriginProps) => {
  const { t } = useTranslation("plugins");
  const isOwn = origin === (project === null ? "organization" : "project");
  const isUnset = draft.unset.has(pointer);
  const words = {
    default: t("settings.fromDefault"),
    organization: t(project === null ? "settings.setHere" : "settings.fromOrganization"),
    project: t("settings.fromProject"),
  };
  return (
    <Text component="span" inherit>
      {isUnset ? t("settings.backPending") : words[origin]}{" "}
      {isOwn && !isSecret && !isFixed && (
        <Anchor component="button" type="button" inherit onClick={() => draft.toggleUnset(pointer)}>
          {t(isUnset ? "settings.undo" : project === null ? "settings.backToDefault" : "settings.back")}
        </Anchor>
      )}
    </Text>
  );
};

interface FormActionsProps {
  readonly project: string | null;
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  readonly isResetting: boolean;
  readonly onReset: () => void;
}

const FormActions = ({ project, isDirty, isSaving, isResetting, onReset }: FormActionsProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { isDialog, close } = useDialog();
  const [isAsking, setIsAsking] = useState(false);
  const label = t(project === null ? "settings.reset" : "settings.resetProject");
  if (isAsking)
    return (
      <Alert color="orange" role="alertdialog" aria-label={label}>
        <Text mb="xs">{t(project === null ? "settings.resetAsk" : "settings.resetAskProject")}</Text>
        <Group gap="xs">
          <Button
            color="red"
            size="xs"
            autoFocus
            loading={isResetting}
            onClick={() => {
              setIsAsking(false);
              onReset();
            }}
          >
            {label}
          </Button>
          <Button variant="default" size="xs" onClick={() => setIsAsking(false)}>
            {t("common:cancel")}
          </Button>
        </Group>
      </Alert>
    );
  return (
    <DialogActions
      aside={
        <Button variant="subtle" color="gray" px={0} onClick={() => setIsAsking(true)} loading={isResetting}>
          {label}
        </Button>
      }
    >
      <Button variant="default" onClick={close} disabled={!isDialog && !isDirty}>
        {t("common:cancel")}
      </Button>
      <Button type="submit" disabled={!isDirty} loading={isSaving}>
        {t("common:save")}
      </Button>
    </DialogActions>
  );
};
