import { Alert, Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { Revised } from "@patchbay/api-client";
import type { GrantDto, GrantsDto, PermissionRequestDto } from "@patchbay/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { grantsQuery } from "../../api/plugin-queries.ts";
import { queryClient } from "../../api/query-client.ts";
import { PermissionList } from "../../components/permissions/permission-list.tsx";
import { grantOf, narrowedTo } from "../../components/permissions/permission-risk.ts";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { useOrganization } from "../../session/organization.ts";
import { refreshPlugins } from "../plugins/plugin-steps.ts";
import { usePluginRights } from "../plugins/rights.ts";
import { usePlugin } from "./use-plugin.ts";

/** What the plugin may do, and what it would like to. */
export const PermissionsTab = () => {
  const { org } = useOrganization();
  const { plugin } = usePlugin();
  const grants = useQuery(grantsQuery(org, plugin));
  if (grants.isLoadingError)
    return <RetryProblem error={grants.error} onRetry={() => void grants.refetch()} />;
  if (grants.data === undefined) return <Skeleton height={240} />;
  return <Permissions grants={grants.data} />;
};

const Permissions = ({
  grants: { grants, required, optional, revision },
}: {
  grants: Revised<GrantsDto>;
}) => {
  const { t } = useTranslation("plugin");
  const installation = usePlugin();
  const { mayChange } = usePluginRights();
  const put = usePutGrants();
  const granted = new Set(grants.map(({ name }) => name));
  const missing = required.filter(({ name }) => !granted.has(name));
  const isAllowed = mayChange(installation);
  if (required.length + optional.length === 0) return <Text>{t("permissions.none")}</Text>;
  const replace = (next: readonly GrantDto[]) => put.mutate({ grants: next, seen: revision });
  const toggle = (request: PermissionRequestDto, isGranted: boolean) =>
    replace(isGranted ? [...grants, grantOf(request)] : grants.filter(({ name }) => name !== request.name));
  return (
    <Stack gap="lg" maw={720}>
      {missing.length > 0 && (
        <Alert color="orange" title={t("permissions.missing", { count: missing.length })}>
          {isAllowed && (
            <Button
              size="xs"
              loading={put.isPending}
              onClick={() => replace([...grants, ...missing.map(grantOf)])}
            >
              {t("permissions.grantMissing", { count: missing.length })}
            </Button>
          )}
        </Alert>
      )}
      {required.length > 0 && (
        <Section title={t("permissions.required")} help={t("permissions.requiredHelp")}>
          <PermissionList requests={narrowedTo(required, grants)} granted={granted} order={3} />
        </Section>
      )}
      {optional.length > 0 && (
        <Section
          title={t("permissions.optional")}
          help={t(isAllowed ? "permissions.optionalHelp" : "permissions.mayNot")}
        >
          <PermissionList
            requests={narrowedTo(optional, grants)}
            granted={granted}
            onToggle={toggle}
            disabled={!isAllowed || put.isPending}
            order={3}
          />
        </Section>
      )}
    </Stack>
  );
};

interface SentGrants {
  readonly grants: readonly GrantDto[];
  /** The revision of the grants that these were made from. */
  readonly seen: string | undefined;
}

/** Replaces the grants: shown at once, put back when the server refuses. */
const usePutGrants = () => {
  const { t } = useTranslation("plugin");
  const { org, client } = useOrganization();
  const { plugin, name } = usePlugin();
  const { queryKey } = grantsQuery(org, plugin);
  return useMutation({
    mutationFn: ({ grants, seen }: SentGrants) => client.plugins.putGrants(plugin, grants, seen),
    onMutate: async ({ grants }) => {
      await queryClient.cancelQueries({ queryKey });
      const before = queryClient.getQueryData(queryKey);
      queryClient.setQueryData(queryKey, (old) => old && { ...old, grants: [...grants] });
      return before;
    },
    onSuccess: (answer) => {
      queryClient.setQueryData(queryKey, answer);
      tellDone(t("permissions.changed", { name }));
    },
    onError: (error, _sent, before) => {
      queryClient.setQueryData(queryKey, before);
      tellProblem(t("permissions.failed"), error);
    },
    onSettled: () => refreshPlugins(org),
  });
};

const Section = ({ title, help, children }: { title: string; help: string; children: React.ReactNode }) => {
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <Title order={2} id={heading}>
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {help}
      </Text>
      {children}
    </section>
  );
};
