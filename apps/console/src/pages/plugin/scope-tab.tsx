import { Alert, Button, Checkbox, Group, Radio, Skeleton, Stack, Text } from "@mantine/core";
import type { Revised } from "@patchbay/api-client";
import type { InstallationDto, ProjectDto, ScopeDto } from "@patchbay/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { scopeQuery } from "../../api/plugin-queries.ts";
import { projectsQuery } from "../../api/queries.ts";
import { queryClient } from "../../api/query-client.ts";
import { LeavingAlert } from "../../components/leaving-alert.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { DraftNotice } from "../../components/shared-draft/draft-notice.tsx";
import { isChangedMeanwhile, isSame } from "../../components/shared-draft/merge-values.ts";
import { type Stored, useSharedDraft } from "../../components/shared-draft/use-shared-draft.ts";
import { tellDone } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { refreshPlugins, showInstallation } from "../plugins/plugin-steps.ts";
import { usePluginRights } from "../plugins/rights.ts";
import { usePlugin } from "./use-plugin.ts";

/** In which projects the plugin can be used. */
export const ScopeTab = () => {
  const { org } = useOrganization();
  const installation = usePlugin();
  const projects = useQuery(projectsQuery(org));
  const scope = useQuery(scopeQuery(org, installation.plugin));
  const failed = [projects, scope].find(({ isLoadingError }) => isLoadingError);
  if (failed !== undefined)
    return (
      <RetryProblem
        error={failed.error}
        onRetry={() => {
          void projects.refetch();
          void scope.refetch();
        }}
      />
    );
  if (projects.data === undefined || scope.data === undefined) return <Skeleton height={160} maw={560} />;
  return <ScopeForm installation={installation} scope={scope.data} projects={projects.data} />;
};

type Projects = ScopeDto["projects"];

interface ScopeFormProps {
  readonly installation: InstallationDto;
  readonly scope: Revised<ScopeDto>;
  readonly projects: readonly ProjectDto[];
}

const ScopeForm = ({ installation, scope, projects }: ScopeFormProps) => {
  const { t } = useTranslation(["plugin", "common"]);
  const { mayChange, ownProjects } = usePluginRights();
  const save = useSaveScope(installation);
  const before = sorted(scope.projects);
  const draft = useSharedDraft(
    { values: { projects: before }, revision: scope.revision },
    { isPaused: save.isPending },
  );
  const chosen = draft.values.projects;
  const setChosen = (next: Projects) => draft.change({ projects: sorted(next) });
  const notice = useRef<HTMLDivElement>(null);
  const isAllowed = mayChange(installation);
  const isDirty = !isSame(chosen, before);
  const isReady = chosen === "all" || chosen.length > 0;
  const nameOf = (slug: string) => projects.find((one) => one.slug === slug)?.name ?? slug;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.conflicts.length > 0) notice.current?.focus();
        else save.mutate({ scope: draft.values, seen: draft.seen, onSaved: draft.sent() });
      }}
    >
      <Stack gap="md" maw={560}>
        {!isAllowed && <Alert color="gray">{t("scope.mayNot")}</Alert>}
        <DraftNotice
          ref={notice}
          draft={draft}
          titleOf={() => t("scope.label")}
          wordsOf={(_pointer, value) =>
            value === "all" ? t("scope.all") : (value as readonly string[]).map(nameOf).join(", ")
          }
        />
        {save.error !== null && <ProblemAlert error={save.error} />}
        <LeavingAlert isDirty={isDirty} />
        <Radio.Group
          label={t("scope.label")}
          description={t("scope.help")}
          value={chosen === "all" ? "all" : "some"}
          onChange={(value) => setChosen(value === "all" ? "all" : before === "all" ? [] : before)}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="all" label={t("scope.all")} disabled={!isAllowed || ownProjects !== null} />
            <Radio value="some" label={t("scope.some")} disabled={!isAllowed || projects.length === 0} />
          </Stack>
        </Radio.Group>
        {projects.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("scope.noProjects")}
          </Text>
        )}
        {chosen !== "all" && (
          <ProjectChoice
            projects={projects}
            chosen={chosen}
            onChange={setChosen}
            mayChoose={(slug) => isAllowed && (ownProjects === null || ownProjects.includes(slug))}
          />
        )}
        {isAllowed && (
          <Group gap="xs">
            <Button type="submit" disabled={!isDirty || !isReady} loading={save.isPending}>
              {t("common:save")}
            </Button>
            <Button variant="default" disabled={!isDirty || save.isPending} onClick={draft.forget}>
              {t("common:cancel")}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
};

const sorted = (projects: Projects): Projects => (projects === "all" ? projects : projects.toSorted());

interface ProjectChoiceProps {
  readonly projects: readonly ProjectDto[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
  readonly mayChoose: (slug: string) => boolean;
}

const ProjectChoice = ({ projects, chosen, onChange, mayChoose }: ProjectChoiceProps) => {
  const { t } = useTranslation("plugin");
  return (
    <Checkbox.Group
      label={t("scope.projects")}
      {...(chosen.length === 0 && { error: t("scope.chooseOne") })}
      value={[...chosen]}
      onChange={onChange}
    >
      <Stack gap="xs" mt="xs">
        {projects.map(({ slug, name }) => (
          <Checkbox key={slug} value={slug} label={name} disabled={!mayChoose(slug)} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
};

interface SentScope {
  readonly scope: ScopeDto;
  readonly seen: string | undefined;
  /** Hears what the server has made of it. */
  readonly onSaved: (stored: Stored<ScopeDto>) => void;
}

/** What somebody else has changed meanwhile is read before a refusal is shown. */
const useSaveScope = (installation: InstallationDto) => {
  const { t } = useTranslation("plugin");
  const { org, client } = useOrganization();
  const { plugin, name } = installation;
  const { queryKey } = scopeQuery(org, plugin);
  return useMutation({
    mutationFn: ({ scope, seen }: SentScope) => client.plugins.putScope(plugin, scope, seen),
    onSuccess: ({ revision, ...scope }, { onSaved }) => {
      const stored = { projects: sorted(scope.projects) };
      onSaved({ values: stored, revision });
      queryClient.setQueryData(queryKey, { ...scope, ...(revision !== undefined && { revision }) });
      showInstallation(org, { ...installation, scope });
      tellDone(t("scope.changed", { name }));
    },
    onError: async (error) => {
      if (isChangedMeanwhile(error)) await queryClient.invalidateQueries({ queryKey });
    },
    onSettled: () => refreshPlugins(org),
  });
};
