import { Alert, Button, Checkbox, Group, Radio, Skeleton, Stack, Text } from "@mantine/core";
import type { InstallationDto, ProjectDto, ScopeDto } from "@patchbay/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { projectsQuery } from "../../api/queries.ts";
import { useOrganization } from "../../app/organization.ts";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { tellDone } from "../../components/tell.ts";
import { refreshPlugins, showInstallation } from "../plugins/plugin-steps.ts";
import { usePluginRights } from "../plugins/rights.ts";
import { usePlugin } from "./use-plugin.ts";

/** In which projects the plugin can be used. */
export const ScopeTab = () => {
  const { org } = useOrganization();
  const installation = usePlugin();
  const projects = useQuery(projectsQuery(org));
  if (projects.error !== null)
    return <RetryProblem error={projects.error} onRetry={() => void projects.refetch()} />;
  if (projects.data === undefined) return <Skeleton height={160} maw={560} />;
  // What was chosen here is dropped when somebody else changes the scope meanwhile.
  const key = JSON.stringify(installation.scope);
  return <ScopeForm key={key} installation={installation} projects={projects.data} />;
};

type Projects = ScopeDto["projects"];

interface ScopeFormProps {
  readonly installation: InstallationDto;
  readonly projects: readonly ProjectDto[];
}

const ScopeForm = ({ installation, projects }: ScopeFormProps) => {
  const { t } = useTranslation(["plugin", "common"]);
  const { mayChange, ownProjects } = usePluginRights();
  const before = installation.scope.projects;
  const [chosen, setChosen] = useState<Projects>(before);
  const save = useSaveScope(installation);
  const isAllowed = mayChange(installation);
  const isDirty = JSON.stringify(sorted(chosen)) !== JSON.stringify(sorted(before));
  const isReady = chosen === "all" || chosen.length > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ projects: chosen });
      }}
    >
      <Stack gap="md" maw={560}>
        {!isAllowed && <Alert color="gray">{t("scope.mayNot")}</Alert>}
        {save.error !== null && <ProblemAlert error={save.error} />}
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
            <Button variant="default" disabled={!isDirty || save.isPending} onClick={() => setChosen(before)}>
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

const useSaveScope = (installation: InstallationDto) => {
  const { t } = useTranslation("plugin");
  const { org, client } = useOrganization();
  const { plugin, name } = installation;
  return useMutation({
    mutationFn: (scope: ScopeDto) => client.plugins.putScope(plugin, scope),
    onSuccess: (scope) => {
      showInstallation(org, { ...installation, scope });
      tellDone(t("scope.changed", { name }));
    },
    onSettled: () => refreshPlugins(org),
  });
};
