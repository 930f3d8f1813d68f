import { Anchor, Badge, Code, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { MarketplacePublisherDto } from "@patchbay/protocol";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { marketplacePublisherQuery, marketplaceSearchQuery } from "../../api/marketplace-queries.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { useFormats } from "../../components/formats.ts";
import { MoreButton } from "../../components/more-button.tsx";
import { Page } from "../../components/page.tsx";
import { PageSkeleton } from "../../components/page-skeleton.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import styles from "./marketplace.module.css";
import { MarketplaceItem } from "./marketplace-item.tsx";
import { ProofList } from "./proof-list.tsx";
import { useMarketplaceDialog } from "./use-marketplace-dialog.tsx";

const route = getRouteApi("/o/$org/marketplace/publishers/$publisher");
const WEB = /^https?:/i;
/** Enough of a key's id to tell two apart. */
const KEY_SHOWN = 12;

/** Who publishes, how that is known, with which keys, and what. */
export const PublisherPage = () => {
  const { org, publisher } = route.useParams();
  const found = useQuery(marketplacePublisherQuery(org, publisher));
  const { data } = found;
  return (
    <Page title={data?.name ?? publisher}>
      {data !== undefined ? (
        <Publisher publisher={data} />
      ) : found.error === null ? (
        <PageSkeleton />
      ) : (
        <RetryProblem error={found.error} onRetry={() => void found.refetch()} />
      )}
    </Page>
  );
};

const Publisher = ({ publisher: one }: { publisher: MarketplacePublisherDto }) => {
  const { t } = useTranslation("marketplace");
  const { publisher, url, proofs, keys, marketplace } = one;
  return (
    <Stack gap="lg">
      <Text c="dimmed" style={{ overflowWrap: "anywhere" }}>
        <Code>{publisher}</Code>
        {url !== undefined && WEB.test(url) && (
          <>
            {" · "}
            <Anchor href={url} target="_blank" rel="noopener noreferrer nofollow" inherit underline="always">
              {url}
            </Anchor>
          </>
        )}
        {" · "}
        {t("publisher.from", { name: marketplace.name })}
      </Text>
      <section>
        <Title order={2} mb={4}>
          {t("publisher.proofs")}
        </Title>
        <ProofList proofs={proofs} />
      </section>
      <section>
        <Title order={2}>{t("publisher.keys")}</Title>
        <Text size="sm" c="dimmed" mb={4}>
          {t(keys.length === 0 ? "publisher.noKeys" : "publisher.keysHelp")}
        </Text>
        <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: "none" }}>
          {keys.map((key) => (
            <Key key={key.keyId} signingKey={key} />
          ))}
        </Stack>
      </section>
      <section>
        <Title order={2}>{t("publisher.packages")}</Title>
        <Packages publisher={publisher} />
      </section>
    </Stack>
  );
};

const Key = ({ signingKey }: { signingKey: MarketplacePublisherDto["keys"][number] }) => {
  const { t } = useTranslation("marketplace");
  const formats = useFormats();
  const { keyId, createdAt, revoked } = signingKey;
  const shown = keyId.slice(0, KEY_SHOWN);
  return (
    <li>
      <Group gap="xs">
        <Code title={keyId}>{shown}…</Code>
        <CopyButton value={keyId} label={t("publisher.copyKey", { key: shown })} />
        <Text size="sm" c="dimmed">
          {t("publisher.since", { when: formats.dateTime(createdAt) })}
        </Text>
        {revoked !== undefined && (
          <Badge variant="outline" color="red" c="var(--mantine-color-text)" tt="none">
            {t("publisher.revoked", { when: formats.dateTime(revoked.at) })}
          </Badge>
        )}
      </Group>
      {revoked !== undefined && <Text size="sm">{t(`publisher.${revoked.reason}`)}</Text>}
    </li>
  );
};

const Packages = ({ publisher }: { publisher: string }) => {
  const { t } = useTranslation("marketplace");
  const { org } = route.useParams();
  const { open, shown } = useMarketplaceDialog(route.useSearch());
  const found = useInfiniteQuery(marketplaceSearchQuery(org, { publisher, sort: "installs" }));
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={84} />;
  const items = found.data.pages.flatMap((page) => page.items);
  return (
    <Stack gap="sm">
      {items.length === 0 && <Text>{t("publisher.noPackages")}</Text>}
      <ul className={styles.list}>
        {items.map((item) => (
          <MarketplaceItem key={item.plugin} item={item} onOpen={open} />
        ))}
      </ul>
      <MoreButton of={found} label={t("more")} />
      {shown}
    </Stack>
  );
};
