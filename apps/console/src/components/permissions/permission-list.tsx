import { Badge, Code, Group, Stack, Switch, Text, Title } from "@mantine/core";
import { isGrantable, type PermissionRequestDto, settingOfHost } from "@patchbay/protocol";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { permissionKey } from "../../messages/en/permissions.ts";
import { useHostWords } from "../host-words.ts";
import { IconCheck } from "../icons.tsx";
import { groupPermissions } from "./permission-risk.ts";

export interface PermissionListProps {
  readonly requests: readonly PermissionRequestDto[];
  /** Names of those that are granted. Without it nothing is said of that: all are part of the deal. */
  readonly granted?: ReadonlySet<string>;
  /** With it every permission has a switch. */
  readonly onToggle?: (request: PermissionRequestDto, isGranted: boolean) => void;
  /** Names of those that stand out as new. */
  readonly added?: ReadonlySet<string>;
  readonly disabled?: boolean;
  /** Level of the headings of the kinds. */
  readonly order?: 3 | 4;
}

/** Permissions in plain words with the author's reasons: the three kinds apart, the riskiest first. */
export const PermissionList = ({ requests, order = 4, ...each }: PermissionListProps) => {
  const { t } = useTranslation("permissions");
  return (
    <Stack gap="sm">
      {groupPermissions(requests).map(({ kind, requests: ofKind }) => (
        <div key={kind}>
          <Title order={order} size="h3" mb={4}>
            {t(`kind.${kind}`)}
          </Title>
          <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: "none" }}>
            {ofKind.map((request) => (
              <PermissionItem key={request.name} request={request} {...each} />
            ))}
          </Stack>
        </div>
      ))}
    </Stack>
  );
};

type PermissionItemProps = Omit<PermissionListProps, "requests" | "order"> & {
  readonly request: PermissionRequestDto;
};

const PermissionItem = ({ request, granted, onToggle, added, disabled = false }: PermissionItemProps) => {
  const { t } = useTranslation("permissions");
  const title = usePermissionTitle(request.name);
  const isNew = added?.has(request.name) === true;
  const isGranted = granted?.has(request.name) === true;
  const heading = (
    <Group gap={6} component="span">
      <Text component="span" fw={500}>
        {title}
      </Text>
      {isNew && (
        <Badge component="span" variant="default" size="sm" tt="none">
          {t("new")}
        </Badge>
      )}
      {granted !== undefined && onToggle === undefined && isGranted && (
        <Badge
          component="span"
          variant="default"
          size="sm"
          tt="none"
          leftSection={<IconCheck size={12} aria-hidden />}
        >
          {t("granted")}
        </Badge>
      )}
    </Group>
  );
  return (
    <li style={isNew ? { borderLeft: "3px solid var(--mantine-color-orange-6)", paddingLeft: 8 } : undefined}>
      {onToggle === undefined ? (
        <>
          {heading}
          <Details request={request} />
        </>
      ) : (
        <Switch
          label={heading}
          description={<Details request={request} />}
          checked={isGranted}
          disabled={disabled}
          onChange={({ currentTarget }) => onToggle(request, currentTarget.checked)}
        />
      )}
    </li>
  );
};

/** How far it reaches, spelled out, and why the author wants it. */
const Details = ({ request }: { request: PermissionRequestDto }) => {
  const { t } = useTranslation("permissions");
  const { name, hosts, methods, ids, streams, callsPerMinute, views, reason } = request;
  return (
    <Stack gap={2} component="span" style={{ overflowWrap: "anywhere" }}>
      {name === "net.fetch" && <Hosts hosts={hosts ?? ["*"]} />}
      {methods !== undefined && <Limit label={t("methods")}>{methods.join(", ")}</Limit>}
      {ids !== undefined && !ids.includes("*") && <Limit label={t("ids")}>{ids.join(", ")}</Limit>}
      {name === "tools.invoke" && (ids === undefined || ids.includes("*")) && (
        <Text component="span" size="sm" fw={600}>
          {t("anyTool")}
        </Text>
      )}
      {streams !== undefined && <Limit label={t("streams")}>{streams.join(", ")}</Limit>}
      {callsPerMinute !== undefined && (
        <Text component="span" size="sm" c="dimmed">
          {t("perMinute", { count: callsPerMinute })}
        </Text>
      )}
      {views !== undefined && (
        <Text component="span" size="sm">
          {t(`views.${views}`)}
        </Text>
      )}
      <Text component="span" size="sm" c="dimmed">
        {reason === undefined ? t("noReason") : t("reason", { reason })}
      </Text>
    </Stack>
  );
};

const Hosts = ({ hosts }: { hosts: readonly string[] }) => {
  const { t } = useTranslation("permissions");
  const hostWords = useHostWords();
  const words = hosts.map((host): ReactNode => {
    if (settingOfHost(host) !== null) return <span key={host}>{hostWords(host)}</span>;
    if (host === "*") return <strong key={host}>{t("anyHost")}</strong>;
    if (host.startsWith("*."))
      return (
        <span key={host}>
          {t("below")} <Code>{host.slice(2)}</Code>
        </span>
      );
    return <Code key={host}>{host}</Code>;
  });
  return (
    <Text component="span" size="sm">
      {t("hosts")} {words.flatMap((word, index) => (index === 0 ? [word] : [", ", word]))}
    </Text>
  );
};

const Limit = ({ label, children }: { label: string; children: string }) => (
  <Text component="span" size="sm">
    {label} <Code>{children}</Code>
  </Text>
);

/** A permission in the reader's words; of an unknown one its name. */
export const usePermissionTitle = (name: string): string => {
  const { t } = useTranslation("permissions");
  return isGrantable(name) ? t(`name.${permissionKey(name)}`) : name;
};
