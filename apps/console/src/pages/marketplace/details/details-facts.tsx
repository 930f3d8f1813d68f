import { Anchor, Badge, Code, Group, List, Text, Title } from "@mantine/core";
import type { MarketplacePluginDto, RegistryVersionDto } from "@patchbay/protocol";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../../app/organization.ts";
import { useFormats } from "../../../components/formats.ts";
import { AnchorLink } from "../../../components/links.tsx";
import { ProofList } from "../proof-list.tsx";
import styles from "./details.module.css";
import { usableVersion } from "./usable-version.ts";

const WEB = /^https?:/i;

/** Who stands behind it, what it needs, and where it comes from. */
export const DetailsFacts = ({ plugin: one }: { plugin: MarketplacePluginDto }) => {
  const { t } = useTranslation(["marketplace", "common"]);
  const { org } = useOrganization();
  const formats = useFormats();
  const heading = useId();
  const { plugin, publisher, publishedBy, category, keywords, installs, marketplace } = one;
  const version = usableVersion(one);
  return (
    <section aria-labelledby={heading}>
      <Title order={2} id={heading} mb="xs">
        {t("facts.title")}
      </Title>
      <dl className={styles.facts}>
        <Fact name={t("facts.id")}>
          <Code>{plugin}</Code>
        </Fact>
        <Fact name={t("facts.publisher")}>
          <AnchorLink
            to="/o/$org/marketplace/publishers/$publisher"
            params={{ org, publisher }}
            inherit
            underline="always"
          >
            {publishedBy?.name ?? publisher}
          </AnchorLink>
        </Fact>
        {publishedBy !== null && (
          <Fact name={t("facts.proofs")}>
            <ProofList proofs={publishedBy.proofs} />
          </Fact>
        )}
        <Fact name={t("facts.category")}>{t(`common:category.${category as "ui"}`)}</Fact>
        {version !== undefined && <VersionFacts version={version} />}
        <Fact name={t("facts.installs")}>{formats.number(installs)}</Fact>
        <Fact name={t("facts.updated")}>{formats.dateTime(one.updatedAt)}</Fact>
        <Fact name={t("facts.created")}>{formats.dateTime(one.createdAt)}</Fact>
        <Fact name={t("facts.marketplace")}>
          {WEB.test(marketplace.url) ? (
            <Anchor
              href={marketplace.url}
              target="_blank"
              rel="noopener noreferrer"
              inherit
              underline="always"
            >
              {marketplace.name}
            </Anchor>
          ) : (
            marketplace.name
          )}
        </Fact>
        {keywords.length > 0 && (
          <Fact name={t("facts.keywords")}>
            <Group gap={4}>
              {keywords.map((keyword) => (
                <Badge key={keyword} variant="default" size="sm" tt="none">
                  {keyword}
                </Badge>
              ))}
            </Group>
          </Fact>
        )}
      </dl>
    </section>
  );
};

const VersionFacts = ({ version: { manifest, sizeBytes } }: { version: RegistryVersionDto }) => {
  const { t } = useTranslation("marketplace");
  const { org } = useOrganization();
  const formats = useFormats();
  const needs = Object.entries(manifest.dependencies ?? {});
  return (
    <>
      <Fact name={t("facts.dependencies")}>
        {needs.length === 0 ? (
          t("facts.noDependencies")
        ) : (
          <List size="sm" listStyleType="none">
            {needs.map(([plugin, range]) => (
              <List.Item key={plugin}>
                <AnchorLink
                  to="/o/$org/marketplace/$plugin"
                  params={{ org, plugin }}
                  inherit
                  underline="always"
                >
                  {plugin}
                </AnchorLink>{" "}
                <Code>{range}</Code>
              </List.Item>
            ))}
          </List>
        )}
      </Fact>
      <Fact name={t("facts.licence")}>{manifest.license ?? t("facts.noLicence")}</Fact>
      <Fact name={t("facts.engine")}>Patchbay {manifest.engines.patchbay}</Fact>
      <Fact name={t("facts.size")}>{formats.bytes(sizeBytes)}</Fact>
    </>
  );
};

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className={styles.fact}>
    <Text component="dt" size="sm" c="dimmed">
      {name}
    </Text>
    <Text component="dd" size="sm" m={0} style={{ overflowWrap: "anywhere" }}>
      {children}
    </Text>
  </div>
);
