import { Checkbox, List, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import {
  isJsonObject,
  type MissingDto,
  type PermissionRequestDto,
  type SecretHostsDto,
} from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { marketplaceDocumentQuery } from "../../api/marketplace-queries.ts";
import { useHostWords } from "../../components/host-words.ts";
import { Markdown } from "../../components/markdown.tsx";
import { ownValue } from "../../components/own-value.ts";
import { PermissionList, usePermissionTitle } from "../../components/permissions/permission-list.tsx";
import { useOrganization } from "../../session/organization.ts";
import type { Candidate } from "./candidate.ts";
import { ToolDifference } from "./tool-difference.tsx";

export interface UpdateDifferenceProps {
  /** The installed version; undefined when the catalog does not have it any more. */
  readonly current: Candidate | undefined;
  /** undefined while nothing but its number is known. */
  readonly target: Candidate | undefined;
  /** Permissions, and hosts of secrets, that must be granted with the update. */
  readonly missing: readonly MissingDto[];
  readonly isAccepted: boolean;
  readonly onAccept: (isAccepted: boolean) => void;
  /** Optional permissions that are to be granted with it. */
  readonly optional: readonly PermissionRequestDto[];
  readonly onOptional: (optional: readonly PermissionRequestDto[]) => void;
}

/** What is different in another version: permissions, settings, and what its author says of it. */
export const UpdateDifference = (props: UpdateDifferenceProps) => {
  const { t } = useTranslation("plugins");
  const { current, target } = props;
  const settings = newSettings(current, target);
  return (
    <>
      <section>
        <Title order={3}>{t("update.permissions")}</Title>
        <PermissionDifference {...props} />
      </section>
      <ToolDifference current={current} target={target} />
      {settings.length > 0 && (
        <section>
          <Title order={3}>{t("update.newSettings")}</Title>
          <List size="sm">
            {settings.map((title) => (
              <List.Item key={title}>{title}</List.Item>
            ))}
          </List>
        </section>
      )}
      {/* What an MCP server changes nobody writes down but Patchbay, above. */}
      {target?.source !== "bridge" && (
        <section>
          <Title order={3} mb={4}>
            {t("update.changelog")}
          </Title>
          {target === undefined ? (
            <Text c="dimmed">{t("update.noChangelog")}</Text>
          ) : (
            <Changelog target={target} />
          )}
        </section>
      )}
    </>
  );
};

const namesOf = (requests: readonly PermissionRequestDto[]) => new Set(requests.map(({ name }) => name));
const allOf = (version: Candidate | undefined): readonly PermissionRequestDto[] =>
  version === undefined ? [] : [...version.permissions.required, ...version.permissions.optional];

const PermissionDifference = ({
  current,
  target,
  missing,
  isAccepted,
  onAccept,
  optional,
  onOptional,
}: UpdateDifferenceProps) => {
  const { t } = useTranslation("plugins");
  const before = namesOf(allOf(current));
  const permissions = missing.filter((one) => !isSecretHosts(one));
  const newOptional = (target?.permissions.optional ?? []).filter(({ name }) => !before.has(name));
  const after = namesOf(allOf(target));
  const removed = target === undefined ? [] : allOf(current).filter(({ name }) => !after.has(name));
  if (missing.length === 0 && newOptional.length === 0 && removed.length === 0)
    return <Text>{t("update.unchanged")}</Text>;
  return (
    <Stack gap="sm" mt={4}>
      {missing.length > 0 && (
        <Paper withBorder p="sm">
          <Text fw={500} mb="xs">
            {t("update.added")}
          </Text>
          <PermissionList requests={permissions} added={namesOf(permissions)} />
          <SecretHostsList wanted={missing.filter(isSecretHosts)} target={target} />
          <Checkbox
            mt="sm"
            label={t("update.accept", { count: missing.length })}
            checked={isAccepted}
            onChange={({ currentTarget }) => onAccept(currentTarget.checked)}
          />
        </Paper>
      )}
      {newOptional.length > 0 && (
        <div>
          <Text fw={500} mb={4}>
            {t("update.optional")}
          </Text>
          <PermissionList
            requests={newOptional}
            granted={namesOf(optional)}
            onToggle={(request, isGranted) =>
              onOptional(
                isGranted ? [...optional, request] : optional.filter(({ name }) => name !== request.name),
              )
            }
          />
        </div>
      )}
      {removed.length > 0 && (
        <div>
          <Text fw={500}>{t("update.removed")}</Text>
          <List size="sm">
            {removed.map(({ name }) => (
              <RemovedPermission key={name} name={name} />
            ))}
          </List>
        </div>
      )}
    </Stack>
  );
};

const isSecretHosts = (one: MissingDto): one is SecretHostsDto => "setting" in one;

/** Where the new version would send what was given for other servers. */
const SecretHostsList = ({
  wanted,
  target,
}: {
  wanted: readonly SecretHostsDto[];
  target: Candidate | undefined;
}) => {
  const hostWords = useHostWords();
  const { t } = useTranslation("plugins");
  return wanted.map(({ setting, hosts }) => (
    <Text key={setting} size="sm" mt="xs" style={{ overflowWrap: "anywhere" }}>
      {t("update.secretHosts", {
        secret: secretTitle(target, setting),
        hosts: hosts.map(hostWords).join(", "),
      })}
    </Text>
  ));
};

/** The title of a secret where it is not nested, and its place otherwise. */
const secretTitle = (target: Candidate | undefined, setting: string): string => {
  const schema = ownValue(propertiesOf(target), setting.slice(1));
  return isJsonObject(schema) && typeof schema.title === "string" ? schema.title : setting.slice(1);
};

const RemovedPermission = ({ name }: { name: string }) => (
  <List.Item>
    <Text component="del" size="sm">
      {usePermissionTitle(name)}
    </Text>
  </List.Item>
);

/** Titles of the settings that the installed version does not have. */
const newSettings = (current: Candidate | undefined, target: Candidate | undefined): string[] => {
  const before = propertiesOf(current);
  return Object.entries(propertiesOf(target))
    .filter(([name]) => !Object.hasOwn(before, name))
    .map(([name, schema]) =>
      isJsonObject(schema) && typeof schema.title === "string" ? schema.title : name,
    );
};

const propertiesOf = (version: Candidate | undefined): Record<string, unknown> => {
  const settings: unknown = version?.manifest.settings;
  return isJsonObject(settings) && isJsonObject(settings.properties) ? settings.properties : {};
};

const Changelog = ({ target }: { target: Candidate }) => {
  const { t } = useTranslation("plugins");
  const { org, client } = useOrganization();
  const { plugin, version, marketplace } = target;
  const here = useQuery({
    queryKey: [org, "catalog", plugin, "changelog", version],
    queryFn: () => client.catalog.changelog(plugin, version),
    enabled: target.hasChangelog && marketplace === null,
  });
  const there = useQuery({
    ...marketplaceDocumentQuery(org, plugin, version, "changelog"),
    enabled: target.hasChangelog && marketplace !== null,
  });
  const changelog = marketplace === null ? here : there;
  if (!target.hasChangelog || changelog.data === null || changelog.error !== null)
    return <Text c="dimmed">{t("update.noChangelog")}</Text>;
  if (changelog.data === undefined) return <Skeleton height={80} />;
  return <Markdown text={changelog.data} />;
};
