import { Button, Stack } from "@mantine/core";
import { PatchbayError, type PluginRequestDto, type ResolutionDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { DialogActions } from "../../../components/dialog.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { titleAt } from "../../../components/schema-form/field-at.ts";
import { defaultsOf } from "../../../components/schema-form/json-schema.ts";
import { missingValues } from "../../../components/schema-form/missing-values.ts";
import { useOrganization } from "../../../session/organization.ts";
import type { Candidate, Offered } from "../candidate.ts";
import { resolutionQuery } from "../resolution-query.ts";
import { usePluginRights } from "../rights.ts";
import { AboutStep } from "./about-step.tsx";
import { type InstallDraft, isComplete, STEPS, type Step, startDraft } from "./install-draft.ts";
import { InstalledOnly } from "./installed-only.tsx";
import { PermissionsStep } from "./permissions-step.tsx";
import { ScopeStep } from "./scope-step.tsx";
import { SettingsStep } from "./settings-step.tsx";
import { StepList } from "./step-list.tsx";
import { useInstall } from "./use-install.ts";

export interface InstallStepsProps {
  readonly offered: Offered;
  readonly target: Candidate;
  /** What somebody has asked for, and is approved by the installation. */
  readonly request?: PluginRequestDto;
  readonly onBack: () => void;
  readonly onBusy: (isBusy: boolean) => void;
  readonly onName: (name: string) => void;
}

const NONE: ResolutionDto["along"] = [];

/** What it is, what it may do, where it applies, its settings; then it is installed. */
export const InstallSteps = ({ offered, target, request, onBack, onBusy, onName }: InstallStepsProps) => {
  const { t } = useTranslation(["install", "common"]);
  const { ownProjects } = usePluginRights();
  const { name } = target.manifest;
  const [step, setStep] = useState<Step>("about");
  const [hasTried, setHasTried] = useState(false);
  const [draft, setDraft] = useState<InstallDraft>(() =>
    startDraft(defaultsOf(target.manifest.settings), ownProjects, request),
  );
  const change = (part: Partial<InstallDraft>) => setDraft((old) => ({ ...old, ...part }));
  const { org } = useOrganization();
  const resolution = useQuery({ ...resolutionQuery(org, target), enabled: offered.installed === null });
  const along = resolution.data?.along ?? NONE;
  const { install, isInstalled } = useInstall(target, draft, along, request);
  useEffect(() => onName(name), [name, onName]);
  useEffect(() => onBusy(install.isPending), [install.isPending, onBusy]);
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (hasTried) top.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [hasTried]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new step starts at its top, where readers are told of it
  useEffect(() => top.current?.focus(), [step]);
  if (isInstalled) return <InstalledOnly plugin={target.plugin} name={name} error={install.error} />;
  const missing = hasTried && draft.isEnabling ? missingValues(target.manifest.settings, draft.settings) : [];
  const invalid = [
    ...missing.map((pointer) => ({ pointer, message: t("settings.required") })),
    ...(install.error instanceof PatchbayError ? install.error.errors : []),
  ];
  const submit = () => {
    setHasTried(true);
    const isMissing = draft.isEnabling && missingValues(target.manifest.settings, draft.settings).length > 0;
    if (!isMissing) install.mutate();
  };
  const place = STEPS.indexOf(step);
  return (
    <Stack gap="md">
      <StepList step={step} onStep={setStep} />
      {resolution.error !== null && (
        <RetryProblem
          title={t("cannot", { name })}
          error={resolution.error}
          onRetry={() => void resolution.refetch()}
        />
      )}
      {install.error !== null && (
        <ProblemAlert
          title={t("failed", { name })}
          error={install.error}
          fieldOf={(pointer) => titleAt(target.manifest.settings, pointer)}
        />
      )}
      <section ref={top} tabIndex={-1} aria-label={t(`step.${step}`)} style={{ outline: "none" }}>
        {step === "about" && <AboutStep offered={offered} target={target} along={along} />}
        {step === "permissions" && (
          <PermissionsStep
            target={target}
            along={along}
            asked={request?.grants}
            optional={draft.optional}
            onChange={(optional) => change({ optional })}
          />
        )}
        {step === "scope" && (
          <ScopeStep projects={draft.projects} onChange={(projects) => change({ projects })} />
        )}
        {step === "settings" && (
          <SettingsStep target={target} draft={draft} errors={invalid} onChange={change} />
        )}
      </section>
      <DialogActions
        aside={
          <Button
            variant="default"
            disabled={install.isPending}
            onClick={() => (place === 0 ? onBack() : setStep(STEPS[place - 1] ?? "about"))}
          >
            {t("common:back")}
          </Button>
        }
      >
        {step === "settings" ? (
          <InstallButton draft={draft} isPending={install.isPending} onClick={submit} />
        ) : (
          offered.installed === null && (
            <Button
              disabled={resolution.data === undefined || (step === "scope" && !isComplete(draft))}
              onClick={() => setStep(STEPS[place + 1] ?? "settings")}
            >
              {t("common:next")}
            </Button>
          )
        )}
      </DialogActions>
    </Stack>
  );
};

interface InstallButtonProps {
  readonly draft: InstallDraft;
  readonly isPending: boolean;
  readonly onClick: () => void;
}

/** Says what it does. */
const InstallButton = ({ draft, isPending, onClick }: InstallButtonProps) => {
  const { t } = useTranslation("install");
  const { projects, isEnabling } = draft;
  const words = !isEnabling
    ? t("submit.only")
    : projects === "all"
      ? t("submit.everywhere")
      : t("submit.projects", { count: projects.length });
  return (
    <Button loading={isPending} disabled={!isComplete(draft)} onClick={onClick}>
      {words}
    </Button>
  );
};
