import { Text, Title } from "@mantine/core";
import type { VersionDto } from "@patchbay/protocol";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { AnchorLink } from "../../components/links.tsx";
import { PlainList } from "../../components/plain-list.tsx";
import { useOrganization } from "../../session/organization.ts";

export interface ContributionsProps {
  readonly plugin: string;
  readonly manifest: VersionDto["manifest"];
}

/** What the plugin adds: tools, views, themes. */
export const Contributions = ({ plugin, manifest }: ContributionsProps) => {
  const { t } = useTranslation("plugin");
  const { org } = useOrganization();
  const heading = useId();
  const { tools = [], views = [], themes = [] } = manifest.contributes ?? {};
  const isNothing = tools.length + views.length + themes.length === 0;
  return (
    <section aria-labelledby={heading}>
      <Title order={2} id={heading} mb="xs">
        {t("contributions.title")}
      </Title>
      {isNothing && <Text c="dimmed">{t("contributions.none")}</Text>}
      <Kind title={t("contributions.tools")} items={tools}>
        {({ name, title = name, description }) => (
          <>
            <AnchorLink to="/o/$org/plugins/$plugin/tools" params={{ org, plugin }} search={{ tool: name }}>
              {title}
            </AnchorLink>
            <Text size="sm" c="dimmed">
              {description}
            </Text>
          </>
        )}
      </Kind>
      <Kind title={t("contributions.views")} items={views}>
        {({ name, title, place }) =>
          place === "page" ? (
            <AnchorLink to="/o/$org/views/$plugin/$view" params={{ org, plugin, view: name }}>
              {title}
            </AnchorLink>
          ) : (
            <Text>
              {title}{" "}
              <Text span c="dimmed" size="sm">
                {t(`places.${place}`)}
              </Text>
            </Text>
          )
        }
      </Kind>
      <Kind title={t("contributions.themes")} items={themes}>
        {({ title, scheme }) => (
          <Text>
            {title}{" "}
            <Text span c="dimmed" size="sm">
              {t(`schemes.${scheme}`)}
            </Text>
          </Text>
        )}
      </Kind>
    </section>
  );
};

interface KindProps<T> {
  readonly title: string;
  readonly items: readonly T[];
  readonly children: (item: T) => ReactNode;
}

const Kind = <T extends { readonly name: string }>({ title, items, children }: KindProps<T>) =>
  items.length === 0 ? null : (
    <>
      <Title order={3} mt="xs" mb={4}>
        {title}
      </Title>
      <PlainList>
        {items.map((item) => (
          <li key={item.name}>{children(item)}</li>
        ))}
      </PlainList>
    </>
  );
