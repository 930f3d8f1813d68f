import { Anchor, Badge, Group, Stack, Text, Title } from "@mantine/core";
import type { MarketplacePluginDto, OsvDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { baseScore, severityOf } from "../../../components/cvss.ts";
import { useFormats } from "../../../components/formats.ts";
import { Markdown } from "../../../components/markdown.tsx";
import { PlainList, PlainListEntry } from "../../../components/plain-list.tsx";
import { type AffectedRange, affectedOf, touches } from "./affected-versions.ts";

const WEB = /^https?:/i;

/** What is known against its versions. */
export const DetailsAdvisories = ({ plugin }: { plugin: MarketplacePluginDto }) => {
  const { t } = useTranslation("marketplace");
  if (plugin.advisories.length === 0) return <Text>{t("advisories.none")}</Text>;
  return (
    <PlainList>
      {plugin.advisories.map((advisory) => (
        <Advisory key={advisory.id} advisory={advisory} plugin={plugin} />
      ))}
    </PlainList>
  );
};

interface AdvisoryProps {
  readonly advisory: OsvDto;
  readonly plugin: MarketplacePluginDto;
}

const Advisory = ({ advisory, plugin: { plugin, installed } }: AdvisoryProps) => {
  const { t } = useTranslation("marketplace");
  const formats = useFormats();
  const rangeWords = useRangeWords();
  const { id, aliases = [], summary = id, details, severity = [], withdrawn, references = [] } = advisory;
  const at = advisory.published ?? advisory.modified;
  const { ranges, versions } = affectedOf(advisory, plugin);
  const fixes = ranges.flatMap(({ fixed }) => fixed ?? []);
  return (
    <PlainListEntry>
      <Stack gap={4} miw={0} w="100%">
        <Group gap="xs">
          <Title order={2} size="h3" style={{ overflowWrap: "anywhere" }}>
            {summary}
          </Title>
          {severity.map(({ type, score }) => (
            <SeverityMark key={`${type} ${score}`} type={type} vector={score} />
          ))}
          {withdrawn !== undefined && (
            <Badge variant="default" tt="none">
              {t("advisories.withdrawn")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {[id, ...aliases].join(" · ")}
          {" · "}
          {t("advisories.published")} {formats.ago(at)}
        </Text>
        {installed !== null && touches(advisory, plugin, installed) && (
          <Text fw={600} c="var(--mantine-color-error)">
            {t("advisories.touchesInstalled", { version: installed })}
          </Text>
        )}
        <Text>
          {t("advisories.affected", { versions: formats.list([...ranges.map(rangeWords), ...versions]) })}
          {" · "}
          {fixes.length === 0
            ? t("advisories.notFixed")
            : t("advisories.fixedIn", { version: formats.list(fixes) })}
        </Text>
        {details !== undefined && <Markdown text={details} />}
        {references
          .filter(({ url }) => WEB.test(url))
          .map(({ url }) => (
            <Anchor
              key={url}
              href={url}
              target="_blank"
              rel="noopener noreferrer nofollow"
              size="sm"
              aria-label={`${t("advisories.references", { id })}: ${url}`}
              style={{ overflowWrap: "anywhere" }}
            >
              {url}
            </Anchor>
          ))}
      </Stack>
    </PlainListEntry>
  );
};

const COLORS = { none: "gray", low: "gray", medium: "orange", high: "red", critical: "red" } as const;

/** In words and by the score, as far as its scale is known; otherwise as it is written. */
const SeverityMark = ({ type, vector }: { type: string; vector: string }) => {
  const { t } = useTranslation(["marketplace", "common"]);
  const formats = useFormats();
  const score = baseScore(vector);
  const severity = score === null ? "none" : severityOf(score);
  return (
    <Badge variant="outline" color={COLORS[severity]} c="var(--mantine-color-text)" tt="none" title={vector}>
      {score === null
        ? `${type} ${vector}`
        : t("advisories.severity", {
            severity: t(`common:severity.${severity}`),
            score: formats.number(score),
          })}
    </Badge>
  );
};

/** A range in words: from 1.1.0, before 1.2.0. */
const useRangeWords = () => {
  const { t } = useTranslation("marketplace");
  return ({ introduced, fixed, last }: AffectedRange): string => {
    const words = [
      introduced === null ? [] : t("advisories.from", { introduced }),
      fixed === null ? [] : t("advisories.before", { fixed }),
      last === null ? [] : t("advisories.until", { last }),
    ].flat();
    return words.length === 0 ? t("advisories.always") : words.join(" ");
  };
};
