import { Button, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { type InstallationDto, LOCAL_SERVERS_PLUGIN, type LocalServersDto } from "@patchbay/protocol";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { clientOf } from "../../../api/client.ts";
import { localServersQuery } from "../../../api/plugin-queries.ts";
import { IconSearch } from "../../../components/icons.tsx";
import { Loading } from "../../../components/loading.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { tellProblem } from "../../../components/tell.ts";
import { useLocalServers } from "../../../session/local-servers.ts";
import { useOrganization } from "../../../session/organization.ts";
import { LocalServer } from "./local-server.tsx";

export interface LocalServersProps {
  readonly installation: InstallationDto;
  /** What is on the settings' form is not what is stored. */
  readonly isDirty: boolean;
  /** A server was set up: the settings are others now. */
  readonly onUsed: () => void;
}

/** Model servers that run on the server's machine, each to be used with one click, for administrators of the deployment. */
export const LocalServers = ({ installation, ...each }: LocalServersProps) => {
  const found = useLocalServers();
  if (installation.plugin !== LOCAL_SERVERS_PLUGIN || found === null || found.data?.isOn === false)
    return null;
  return (
    <LocalServersCard>
      {found.data !== undefined ? (
        <Found found={found.data} {...each} />
      ) : found.isLoadingError ? (
        <RetryProblem error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <LocalServersSkeleton />
      )}
    </LocalServersCard>
  );
};

const LocalServersCard = ({ children }: { readonly children: React.ReactNode }) => {
  const { t } = useTranslation("plugin");
  const heading = useId();
  return (
    <Paper component="section" withBorder p="sm" aria-labelledby={heading}>
      <Stack gap="sm">
        <div>
          <Title order={2} size="h3" id={heading}>
            {t("local.title")}
          </Title>
          <Text size="sm" c="dimmed">
            {t("local.text")}
          </Text>
        </div>
        {children}
      </Stack>
    </Paper>
  );
};

const LocalServersSkeleton = () => {
  const { t } = useTranslation("plugin");
  return (
    <Loading words={t("local.looking")}>
      <Skeleton height={48} />
    </Loading>
  );
};

interface FoundProps extends Omit<LocalServersProps, "installation"> {
  readonly found: LocalServersDto;
}

const Found = ({ found, ...each }: FoundProps) => {
  const { t } = useTranslation("plugin");
  const { org } = useOrganization();
  const queries = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () => clientOf(org).models.lookForLocal(),
    onSuccess: (now) => queries.setQueryData(localServersQuery(org).queryKey, now),
    onError: (error) => tellProblem(t("local.lookFailed"), error),
  });
  return (
    <>
      <div role="status">
        {found.items.length === 0 && !isPending && <Text size="sm">{t("local.none")}</Text>}
        {isPending && <Text size="sm">{t("local.looking")}</Text>}
      </div>
      {found.items.length > 0 && (
        <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
          {found.items.map((server) => (
            <LocalServer key={server.server} server={server} found={found} {...each} />
          ))}
        </Stack>
      )}
      <Group>
        <Button
          variant="default"
          leftSection={<IconSearch size={16} aria-hidden />}
          loading={isPending}
          onClick={() => mutate()}
        >
          {t("local.look")}
        </Button>
      </Group>
    </>
  );
};
