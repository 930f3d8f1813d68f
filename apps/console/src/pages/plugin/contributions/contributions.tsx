import { Text, Title } from "@mantine/core";
import type { KindName, VersionDto } from "@patchbay/protocol";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { PlainList } from "../../../components/plain-list.tsx";
import { EndpointEntry } from "./endpoint-entry.tsx";
import type { Entry } from "./entry.ts";
import { ModelsEntry } from "./models-entry.tsx";
import { ResourceEntry } from "./resource-entry.tsx";
import { ScheduleEntry } from "./schedule-entry.tsx";
import { ThemeEntry } from "./theme-entry.tsx";
import { TitledEntry } from "./titled-entry.tsx";
import { ToolEntry } from "./tool-entry.tsx";
import { ViewEntry } from "./view-entry.tsx";

/** How an entry of each kind is shown, in the order in which the kinds stand on the page. */
const ENTRIES: { readonly [K in KindName]: Entry<K> } = {
  tools: ToolEntry,
  prompts: TitledEntry,
  resources: ResourceEntry,
  models: ModelsEntry,
  messageHooks: TitledEntry,
  schedules: ScheduleEntry,
  endpoints: EndpointEntry,
  views: ViewEntry,
  themes: ThemeEntry,
};
const KINDS = Object.keys(ENTRIES) as KindName[];

export interface ContributionsProps {
  readonly plugin: string;
  readonly manifest: VersionDto["manifest"];
}

/** What the plugin adds, by kind. */
export const Contributions = ({ plugin, manifest: { contributes = {} } }: ContributionsProps) => {
  const { t } = useTranslation("plugin");
  const heading = useId();
  const kinds = KINDS.filter((kind) => (contributes[kind] ?? []).length > 0);
  return (
    <section aria-labelledby={heading}>
      <Title order={2} id={heading} mb="xs">
        {t("contributions.title")}
      </Title>
      {kinds.length === 0 && <Text c="dimmed">{t("contributions.none")}</Text>}
      {kinds.map((kind) => (
        <Kind key={kind} kind={kind} plugin={plugin} contributes={contributes} />
      ))}
    </section>
  );
};

interface KindProps {
  readonly kind: KindName;
  readonly plugin: string;
  readonly contributes: NonNullable<ContributionsProps["manifest"]["contributes"]>;
}

const Kind = ({ kind, plugin, contributes }: KindProps) => {
  const { t } = useTranslation("plugin");
  // Each kind's entries go to that kind's own.
  const Shown = ENTRIES[kind] as Entry<KindName>;
  return (
    <>
      <Title order={3} mt="xs" mb={4}>
        {t(`contributions.${kind}`)}
      </Title>
      <PlainList>
        {contributes[kind]?.map((entry) => (
          <li key={entry.name}>
            <Shown plugin={plugin} entry={entry} />
          </li>
        ))}
      </PlainList>
    </>
  );
};
