import { Alert, Anchor, Code, Group, Stack, Text, Title } from "@mantine/core";
import type { AdvisoriesDto } from "@patchbay/protocol";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { advisoriesQuery } from "../../../api/plugin-queries.ts";
import { useFormats } from "../../../components/formats.ts";
import { IconBan } from "../../../components/icons.tsx";
import { AnchorLink } from "../../../components/links.tsx";
import { useOrganization } from "../../../session/organization.ts";

const WEB = /^https?:/i;

/** What marketplaces say against installed versions. */
export const Advisories = () => {
  const { t } = useTranslation("updates");
  const formats = useFormats();
  const heading = useId();
  const { org } = useOrganization();
  const { data } = useSuspenseQuery(advisoriesQuery(org));
  return (
    <Stack component="section" gap="sm" aria-labelledby={heading}>
      <Title order={2} id={heading}>
        {t("advisories.title")}
      </Title>
      {data.blocked.map((block) => (
        <Blocked key={`${block.plugin} ${block.marketplace}`} block={block} />
      ))}
      {data.advisories.length === 0 && <Text>{t("advisories.none")}</Text>}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
        {data.advisories.map((one) => (
          <Advisory key={one.advisory.id} {...one} />
        ))}
      </Stack>
      <Text size="sm" c="dimmed">
        {data.marketplaces
          .map(({ name, checkedAt }) =>
            checkedAt === undefined
              ? t("advisories.unchecked", { name })
              : t("advisories.checked", { name, ago: formats.ago(checkedAt) }),
          )
          .join(" · ")}
      </Text>
    </Stack>
  );
};

const Blocked = ({ block }: { block: AdvisoriesDto["blocked"][number] }) => {
  const { t } = useTranslation("updates");
  const formats = useFormats();
  const { plugin, version, reason, marketplace, at } = block;
  return (
    <Alert color="red" icon={<IconBan aria-hidden />} title={t("advisories.blocked", { plugin, version })}>
      <Text>{reason}</Text>
      <Text size="sm" c="dimmed">
        {t("advisories.blockedBy", { marketplace, at: formats.dateTime(at) })}
      </Text>
    </Alert>
  );
};

const Advisory = ({ advisory, touches }: AdvisoriesDto["advisories"][number]) => {
  const { t } = useTranslation("updates");
  const formats = useFormats();
  const { org } = useOrganization();
  const link = advisory.references?.find(({ url }) => WEB.test(url))?.url;
  return (
    <Stack component="li" gap={2}>
      <Group gap="xs">
        <Code>{advisory.id}</Code>
        <Text fw={600}>{advisory.summary ?? advisory.id}</Text>
      </Group>
      {touches.map(({ plugin, version, fixes }) => (
        <Text key={plugin} size="sm">
          <AnchorLink to="/o/$org/plugins/$plugin" params={{ org, plugin }}>
            {t("advisories.touches", { plugin, version })}
          </AnchorLink>
          {", "}
          {fixes.length === 0
            ? t("advisories.notFixed")
            : t("advisories.fixed", { versions: formats.list(fixes) })}
        </Text>
      ))}
      {link !== undefined && (
        <Anchor href={link} size="sm" target="_blank" rel="noopener noreferrer nofollow" w="fit-content">
          {t("advisories.more", { id: advisory.id })}
        </Anchor>
      )}
    </Stack>
  );
};
