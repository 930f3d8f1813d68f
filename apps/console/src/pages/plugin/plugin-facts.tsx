import { Anchor, Code, Group, List } from "@mantine/core";
import type { InstallationDto, VersionDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../components/copy-button.tsx";
import { Fact, Facts, KeywordsFact } from "../../components/facts.tsx";
import { useFormats } from "../../components/formats.ts";
import { AnchorLink } from "../../components/links.tsx";
import { TrustMark } from "../../components/trust-mark.tsx";
import { useOrganization } from "../../session/organization.ts";

/** Enough of a digest to tell two apart. */
const DIGEST_SHOWN = 12;

export interface PluginFactsProps {
  readonly installation: InstallationDto;
  /** Of the installed version; undefined while it is on its way. */
  readonly version: VersionDto | undefined;
}

/** Who made it, what it is, and where it came from. */
export const PluginFacts = ({ installation, version }: PluginFactsProps) => {
  const { t } = useTranslation(["plugin", "common"]);
  const formats = useFormats();
  const { plugin, author, category, keywords, source, scope, createdAt, updatedAt } = installation;
  return (
    <Facts title={t("facts.title")}>
      <Fact name={t("facts.id")}>
        <Code>{plugin}</Code>
      </Fact>
      <Fact name={t("facts.author")}>
        {author.name}
        {author.email !== undefined && (
          <>
            {" "}
            <Anchor href={`mailto:${author.email}`} inherit>
              {author.email}
            </Anchor>
          </>
        )}
      </Fact>
      <Fact name={t("facts.category")}>{t(`common:category.${category as "ui"}`)}</Fact>
      <Fact name={t("facts.scope")}>
        {scope.projects === "all" ? t("scope.all") : formats.list(scope.projects)}
      </Fact>
      <Fact name={t("facts.source")}>{t(`source.${source}`)}</Fact>
      {source !== "builtin" && (
        <Fact name={t("facts.trust")}>
          <TrustMark trust={installation.trust} />
        </Fact>
      )}
      {version !== undefined && <PackageFacts version={version} />}
      <Fact name={t("facts.installed")}>{formats.dateTime(createdAt)}</Fact>
      <Fact name={t("facts.changed")}>{formats.dateTime(updatedAt)}</Fact>
      <KeywordsFact name={t("facts.keywords")} keywords={keywords} />
    </Facts>
  );
};

const PackageFacts = ({ version: { manifest, digest, sizeBytes } }: { version: VersionDto }) => {
  const { t } = useTranslation("plugin");
  const formats = useFormats();
  const { org } = useOrganization();
  const needs = Object.entries(manifest.dependencies ?? {});
  return (
    <>
      {needs.length > 0 && (
        <Fact name={t("facts.dependencies")}>
          <List size="sm" listStyleType="none">
            {needs.map(([plugin, range]) => (
              <List.Item key={plugin}>
                <AnchorLink to="/o/$org/plugins/$plugin" params={{ org, plugin }} inherit underline="always">
                  {plugin}
                </AnchorLink>{" "}
                <Code>{range}</Code>
              </List.Item>
            ))}
          </List>
        </Fact>
      )}
      <Fact name={t("facts.licence")}>{manifest.license ?? t("facts.noLicence")}</Fact>
      <Fact name={t("facts.engine")}>Patchbay {manifest.engines.patchbay}</Fact>
      <Fact name={t("facts.size")}>{formats.bytes(sizeBytes)}</Fact>
      <Fact name={t("facts.digest")}>
        <Group gap="xs">
          <Code title={digest}>{digest.slice(0, DIGEST_SHOWN)}…</Code>
          <CopyButton value={digest} label={t("facts.copyDigest")} />
        </Group>
      </Fact>
    </>
  );
};
