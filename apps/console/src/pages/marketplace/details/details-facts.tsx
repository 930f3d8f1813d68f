import { Anchor, Code, List } from "@mantine/core";
import type { MarketplacePluginDto, RegistryVersionDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { Fact, Facts, KeywordsFact } from "../../../components/facts.tsx";
import { useFormats } from "../../../components/formats.ts";
import { AnchorLink } from "../../../components/links.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { ProofList } from "../proof-list.tsx";
import { PublisherLink } from "../publisher-link.tsx";
import { usableVersion } from "./usable-version.ts";

const WEB = /^https?:/i;

/** Who stands behind it, what it needs, and where it comes from. */
export const DetailsFacts = ({ plugin: one }: { plugin: MarketplacePluginDto }) => {
  const { t } = useTranslation(["marketplace", "common"]);
  const formats = useFormats();
  const { plugin, publisher, publishedBy, category, keywords, installs, marketplace } = one;
  const version = usableVersion(one);
  return (
    <Facts title={t("facts.title")}>
      <Fact name={t("facts.id")}>
        <Code>{plugin}</Code>
      </Fact>
      <Fact name={t("facts.publisher")}>
        <PublisherLink publisher={publisher} name={publishedBy?.name} />
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
          <Anchor href={marketplace.url} target="_blank" rel="noopener noreferrer" inherit underline="always">
            {marketplace.name}
          </Anchor>
        ) : (
          marketplace.name
        )}
      </Fact>
      <KeywordsFact name={t("facts.keywords")} keywords={keywords} />
    </Facts>
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
