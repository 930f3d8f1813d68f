import { Badge, Button, Code, Group, Skeleton, Stack, Text } from "@mantine/core";
import type { InstallationDto, VersionDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { catalogPluginQuery } from "../../api/plugin-queries.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { useFormats } from "../../components/formats.ts";
import { PlainList, PlainListEntry } from "../../components/plain-list.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { useOrganization } from "../../session/organization.ts";
import { usePluginRights } from "../plugins/rights.ts";
import { usePlugin } from "./use-plugin.ts";

const DIGEST_SHOWN = 12;

/** The versions in the catalog, newest first, each with the step to it. */
export const VersionsTab = () => {
  const { org } = useOrganization();
  const installation = usePlugin();
  const found = useQuery(catalogPluginQuery(org, installation.plugin));
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  const { versions } = found.data;
  const own = versions.findIndex(({ version }) => version === installation.version);
  return (
    <Stack gap="md">
      <FromFileButton installation={installation} />
      <PlainList>
        {versions.map((version, place) => (
          <VersionItem
            key={version.version}
            version={version}
            installation={installation}
            isNewer={own < 0 || place < own}
          />
        ))}
      </PlainList>
    </Stack>
  );
};

const FromFileButton = ({ installation }: Pick<VersionItemProps, "installation">) => {
  const { t } = useTranslation("plugins");
  const { mayChange } = usePluginRights();
  const navigate = useNavigate();
  if (!mayChange(installation) || installation.source === "builtin") return null;
  const open = () =>
    void navigate({
      to: ".",
      search: (old) => ({ ...old, dialog: "update", version: installation.version }),
      resetScroll: false,
    });
  return (
    <Button variant="default" w="fit-content" onClick={open}>
      {t("menu.fromFile")}
    </Button>
  );
};

interface VersionItemProps {
  readonly version: VersionDto;
  readonly installation: InstallationDto;
  readonly isNewer: boolean;
}

const VersionItem = ({ version: one, installation, isNewer }: VersionItemProps) => {
  const { t } = useTranslation(["plugin", "common"]);
  const formats = useFormats();
  const { version, createdAt, digest, sizeBytes } = one;
  const isInstalled = version === installation.version;
  return (
    <PlainListEntry>
      <Stack gap={4} miw={0}>
        <Group gap="xs">
          <Text fw={600}>{version}</Text>
          {isInstalled && (
            <Badge variant="light" color="accent" tt="none">
              {t("versions.installed")}
            </Badge>
          )}
          {isInstalled && installation.state === "blocked" && (
            <Badge variant="outline" color="red" c="var(--mantine-color-text)" tt="none">
              {t("common:state.blocked")}
            </Badge>
          )}
          {version === installation.previousVersion && (
            <Badge variant="default" tt="none">
              {t("versions.previous")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {t("versions.added")}{" "}
          <time dateTime={createdAt} title={formats.dateTime(createdAt)}>
            {formats.ago(createdAt)}
          </time>
          {` · ${formats.bytes(sizeBytes)} · ${t(`source.${one.source}`)}`}
        </Text>
        <Group gap="xs">
          <Text size="xs" c="dimmed">
            SHA-256
          </Text>
          <Code title={digest}>{digest.slice(0, DIGEST_SHOWN)}…</Code>
          <CopyButton value={digest} label={t("versions.copyDigest", { version })} />
        </Group>
      </Stack>
      {!isInstalled && <VersionStep version={version} installation={installation} isNewer={isNewer} />}
    </PlainListEntry>
  );
};

const VersionStep = ({
  version,
  installation,
  isNewer,
}: Pick<VersionItemProps, "installation" | "isNewer"> & { version: string }) => {
  const { t } = useTranslation("plugin");
  const { mayChange } = usePluginRights();
  const navigate = useNavigate();
  if (!mayChange(installation)) return null;
  const isPrevious = version === installation.previousVersion;
  const open = () =>
    void navigate({
      to: ".",
      search: (old) => ({ ...old, ...(isPrevious ? { dialog: "rollback" } : { dialog: "update", version }) }),
      resetScroll: false,
    });
  return (
    <Button variant="default" size="xs" flex="none" onClick={open}>
      {t(isNewer ? "versions.update" : "versions.back", { version })}
    </Button>
  );
};
