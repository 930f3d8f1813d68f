import { Alert, Anchor, Badge, Box, Code, Group, Skeleton, Stack, Text } from "@mantine/core";
import type { ResolutionDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { marketplaceDocumentQuery } from "../../../api/marketplace-queries.ts";
import { readmeQuery } from "../../../api/plugin-queries.ts";
import { useFormats } from "../../../components/formats.ts";
import { ButtonLink } from "../../../components/links.tsx";
import { Markdown } from "../../../components/markdown.tsx";
import { Notice } from "../../../components/notice.tsx";
import { PluginIcon } from "../../../components/plugin-icon.tsx";
import { TrustMark } from "../../../components/trust-mark.tsx";
import { useOrganization } from "../../../session/organization.ts";
import type { Candidate, Offered } from "../candidate.ts";
import { AlongNote } from "./along.tsx";

export interface AboutStepProps {
  readonly offered: Offered;
  readonly target: Candidate;
  readonly along: ResolutionDto["along"];
}

/** What it is and who made it, and what comes along with it. */
export const AboutStep = ({ offered, target, along }: AboutStepProps) => {
  const { t } = useTranslation(["install", "common"]);
  const formats = useFormats();
  const { manifest, badge, version, sizeBytes, digest } = target;
  const { author, license } = manifest;
  return (
    <Stack gap="md">
      {offered.installed !== null && (
        <AlreadyInstalled plugin={offered.plugin} version={version} installed={offered.installed} />
      )}
      <Group wrap="nowrap" align="flex-start" gap="md">
        <PluginIcon icon={target.icon} size={48} />
        <Stack gap={4} miw={0}>
          <Group gap={6}>
            <Text fw={600} size="lg">
              {manifest.name}
            </Text>
            <Text c="dimmed">{version}</Text>
            <Badge variant="default" size="sm" tt="none">
              {t(`common:badge.${badge}`)}
            </Badge>
          </Group>
          <Text size="sm">
            {t("about.by")}{" "}
            {author.url === undefined ? (
              author.name
            ) : (
              <Anchor
                href={author.url}
                target="_blank"
                rel="noopener noreferrer"
                size="sm"
                underline="always"
              >
                {author.name}
              </Anchor>
            )}
            {" · "}
            {t(`common:category.${manifest.category}`)}
            {license !== undefined && ` · ${license}`} · {formats.bytes(sizeBytes)}
          </Text>
          <Text>{manifest.description}</Text>
        </Stack>
      </Group>
      <AlongNote along={along} />
      <Origin target={target} />
      {(badge === "private" || badge === "community") && <Alert color="gray">{t(`about.${badge}`)}</Alert>}
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        SHA-256 <Code>{digest}</Code>
      </Text>
      {target.hasReadme && <Readme target={target} />}
    </Stack>
  );
};

/** Where it comes from, and what is known of its signature. */
const Origin = ({ target: { source, trust, marketplace, yanked } }: { target: Candidate }) => {
  const { t } = useTranslation("install");
  return (
    <>
      {yanked !== undefined && <Notice>{t("about.yanked", { reason: yanked })}</Notice>}
      {marketplace !== null && <Text size="sm">{t("about.fetched", { marketplace })}</Text>}
      {source !== "builtin" && trust !== null && <TrustMark trust={trust} />}
    </>
  );
};

const AlreadyInstalled = ({
  plugin,
  version,
  installed,
}: {
  plugin: string;
  version: string;
  installed: string;
}) => {
  const { t } = useTranslation("install");
  const { org } = useOrganization();
  return (
    <Alert color="blue" role="status">
      <Group justify="space-between" gap="xs">
        <Text>{t("about.installed", { version: installed })}</Text>
        <ButtonLink
          to="/o/$org/plugins"
          params={{ org }}
          search={{ dialog: "update", plugin, version }}
          size="xs"
          variant="default"
        >
          {t("about.update")}
        </ButtonLink>
      </Group>
    </Alert>
  );
};

const Readme = ({ target: { plugin, version, marketplace } }: { target: Candidate }) => {
  const { t } = useTranslation("install");
  const { org } = useOrganization();
  const here = useQuery({ ...readmeQuery(org, plugin, version), enabled: marketplace === null });
  const there = useQuery({
    ...marketplaceDocumentQuery(org, plugin, version, "readme"),
    enabled: marketplace !== null,
  });
  const readme = marketplace === null ? here : there;
  if (readme.error !== null || readme.data === null) return null;
  if (readme.data === undefined) return <Skeleton height={120} />;
  return (
    <Box component="section" aria-label={t("about.readme")} mah={320} tabIndex={0} style={READ}>
      <Markdown text={readme.data} />
    </Box>
  );
};

const READ = {
  overflowY: "auto",
  border: "1px solid var(--mantine-color-default-border)",
  borderRadius: 8,
  padding: 12,
} as const;
