import { Badge, Code, Group, Stack, Text, Title } from "@mantine/core";
import type { MarketplaceStateDto } from "@patchbay/protocol";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sourcesQuery } from "../../api/marketplace-queries.ts";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { useOrganization } from "../../session/organization.ts";
import { GithubToken } from "./github-token.tsx";

/** Where plugins come from, and whether it answers. */
export const SourcesPage = () => {
  const { t } = useTranslation("sources");
  return (
    <Stack gap="lg">
      <Text c="dimmed" maw={640}>
        {t("text")}
      </Text>
      <QueryBoundary>
        <Sources />
      </QueryBoundary>
    </Stack>
  );
};

const Sources = () => {
  const { t } = useTranslation("sources");
  const { org } = useOrganization();
  const { data } = useSuspenseQuery(sourcesQuery(org));
  return (
    <>
      <section>
        <Title order={2}>{t("marketplaces.title")}</Title>
        <Text size="sm" c="dimmed" maw={640} mb="xs">
          {t(data.marketplaces.length === 0 ? "marketplaces.none" : "marketplaces.help")}
        </Text>
        <Stack component="ol" gap={0} p={0} m={0} maw={640} style={{ listStyle: "none" }}>
          {data.marketplaces.map((marketplace, place) => (
            <Marketplace key={marketplace.url} marketplace={marketplace} place={place + 1} />
          ))}
        </Stack>
      </section>
      <GithubToken hasToken={data.github.hasToken} />
    </>
  );
};

const Marketplace = ({
  marketplace: { name, url, state, message },
  place,
}: {
  marketplace: MarketplaceStateDto;
  place: number;
}) => {
  const { t } = useTranslation("sources");
  return (
    <Stack
      component="li"
      gap={2}
      py="xs"
      style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}
    >
      <Group gap="xs">
        <Text fw={600}>
          {place}. {name}
        </Text>
        <Badge variant="dot" color={state === "ok" ? "teal" : "red"} size="sm" tt="none">
          {t(`marketplaces.${state}`)}
        </Badge>
      </Group>
      <Code style={{ overflowWrap: "anywhere" }} w="fit-content">
        {url}
      </Code>
      {message !== undefined && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {message}
        </Text>
      )}
    </Stack>
  );
};
