import { Checkbox, Radio, Skeleton, Stack, Text } from "@mantine/core";
import type { ScopeDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { projectsQuery } from "../../../api/queries.ts";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { usePluginRights } from "../rights.ts";

export interface ScopeStepProps {
  readonly projects: ScopeDto["projects"];
  readonly onChange: (projects: ScopeDto["projects"]) => void;
}

/** Where it applies: everywhere, or in the projects that are ticked. Managers of projects choose among their own. */
export const ScopeStep = ({ projects: chosen, onChange }: ScopeStepProps) => {
  const { t } = useTranslation("install");
  const { org } = useOrganization();
  const { ownProjects } = usePluginRights();
  const projects = useQuery(projectsQuery(org));
  if (projects.isLoadingError)
    return <RetryProblem error={projects.error} onRetry={() => void projects.refetch()} />;
  if (projects.data === undefined) return <Skeleton height={80} />;
  const offered = projects.data.filter(({ slug }) => ownProjects === null || ownProjects.includes(slug));
  return (
    <Stack gap="md">
      {ownProjects === null ? (
        <Radio.Group
          label={t("scope.label")}
          value={chosen === "all" ? "all" : "some"}
          onChange={(value) => onChange(value === "all" ? "all" : [])}
        >
          <Stack gap="xs" mt={4}>
            <Radio value="all" label={t("scope.all")} description={t("scope.allHelp")} />
            <Radio value="some" label={t("scope.some")} disabled={offered.length === 0} />
          </Stack>
        </Radio.Group>
      ) : (
        <Text>{t("scope.own")}</Text>
      )}
      {chosen !== "all" && (
        <Checkbox.Group label={t("scope.projects")} value={[...chosen]} onChange={onChange}>
          <Stack gap="xs" mt={4}>
            {offered.map(({ slug, name }) => (
              <Checkbox key={slug} value={slug} label={name} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
      {chosen !== "all" && chosen.length === 0 && (
        <Text size="sm" c="dimmed" role="status">
          {t("scope.choose")}
        </Text>
      )}
    </Stack>
  );
};
