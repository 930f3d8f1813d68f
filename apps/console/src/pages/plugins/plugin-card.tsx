import { ActionIcon, Button, Checkbox, Switch } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { advisoriesQuery } from "../../api/plugin-queries.ts";
import { useFormats } from "../../components/formats.ts";
import { IconSettings } from "../../components/icons.tsx";
import { AnchorLink } from "../../components/links.tsx";
import { PluginIcon } from "../../components/plugin-icon.tsx";
import { useOrganization } from "../../session/organization.ts";
import { weaknessesOf } from "./attention.ts";
import type { CardActions } from "./card-actions.ts";
import styles from "./plugin-card.module.css";
import { PluginMenu } from "./plugin-menu.tsx";
import { isOn, isSwitchable } from "./running.ts";
import { useWeaknessWords } from "./use-attention-words.ts";

/** Height of a card in pixels. All are equally high, so that the list knows where each stands without drawing it. */
export const CARD_PX = 148;

export interface PluginCardProps {
  readonly org: string;
  readonly plugin: InstallationDto;
  readonly mayChange: boolean;
  readonly isSelected: boolean;
  readonly actions: CardActions;
}

/** One installed plugin. */
export const PluginCard = memo(({ org, plugin, mayChange, isSelected, actions }: PluginCardProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const { name } = plugin;
  return (
    <article className={styles.card} data-selected={isSelected} aria-label={name}>
      <div className={styles.row}>
        {mayChange && (
          <Checkbox
            size="xs"
            checked={isSelected}
            onChange={({ currentTarget }) => actions.select(plugin.plugin, currentTarget.checked)}
            aria-label={t("card.select", { name })}
          />
        )}
        <PluginIcon icon={plugin.icon} size={28} />
        <AnchorLink
          to="/o/$org/plugins/$plugin"
          params={{ org, plugin: plugin.plugin }}
          className={styles.name}
          c="inherit"
          title={name}
        >
          {name}
        </AnchorLink>
        {plugin.hasSettings && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("card.settings", { name })}
            onClick={() => actions.open("settings", plugin.plugin)}
          >
            <IconSettings size={16} aria-hidden />
          </ActionIcon>
        )}
        <PluginMenu plugin={plugin} mayChange={mayChange} actions={actions} />
        <Switch
          size="sm"
          checked={isOn(plugin)}
          disabled={!mayChange || !isSwitchable(plugin)}
          title={mayChange ? undefined : t("card.mayNot")}
          aria-label={t("card.toggle", { name })}
          data-toggle={plugin.plugin}
          onChange={({ currentTarget }) => actions.toggle(plugin, currentTarget.checked)}
        />
      </div>
      <CardFacts plugin={plugin} />
      <CardText plugin={plugin} />
      <CardFoot plugin={plugin} mayChange={mayChange} actions={actions} />
    </article>
  );
});

const CardFacts = ({ plugin }: { plugin: InstallationDto }) => {
  const { t } = useTranslation(["plugins", "common"]);
  const facts = [plugin.version, t(`common:category.${plugin.category as "ui"}`), plugin.author.name];
  return (
    <div className={styles.row}>
      <span className={styles.facts} title={facts.join(" · ")}>
        {facts.join(" · ")}
      </span>
      <WeaknessBadge plugin={plugin} />
      <span className={styles.badge}>{t(`common:badge.${plugin.badge}`)}</span>
    </div>
  );
};

/** That marketplaces warn of the installed version, and how bad it is. */
const WeaknessBadge = ({ plugin }: { plugin: InstallationDto }) => {
  const { t } = useTranslation("plugins");
  const { org } = useOrganization();
  const { data } = useQuery(advisoriesQuery(org));
  const words = useWeaknessWords();
  const weaknesses = weaknessesOf(plugin, data?.advisories ?? []);
  if (weaknesses.length === 0) return null;
  return (
    <span
      className={styles.badge}
      data-weakness
      title={weaknesses.map((one) => words(plugin.version, one)).join("\n")}
    >
      {t("card.weakness")}
    </span>
  );
};

/** What it does; or, when something went wrong, what that was: the reason why the old version still runs, too. */
const CardText = ({ plugin }: { plugin: InstallationDto }) => {
  const { t } = useTranslation("plugins");
  const { description, lastError, state, missingSettings } = plugin;
  if (missingSettings.length > 0) {
    const settings = missingSettings.map(({ title }) => title).join(", ");
    return (
      <span className={styles.error}>
        {t("attention.needsSettings", { count: missingSettings.length, settings })}
      </span>
    );
  }
  if (lastError === undefined) return <span className={styles.description}>{description}</span>;
  const words = state === "enabled" ? t("card.keptOld", { message: lastError.message }) : lastError.message;
  return (
    <span className={styles.error} title={words}>
      {words}
    </span>
  );
};

const CardFoot = ({
  plugin,
  mayChange,
  actions,
}: Pick<PluginCardProps, "plugin" | "mayChange" | "actions">) => {
  const { t } = useTranslation(["plugins", "common"]);
  const formats = useFormats();
  const { health, update, state } = plugin;
  const isQuiet = health.state === "off" || health.state === "starting" || health.state === "failed";
  const calls = t("card.calls", {
    count: health.calls,
    calls: formats.number(health.calls),
    errors: formats.number(health.errors),
  });
  const words = isQuiet
    ? t(`common:state.${state}`)
    : health.state === "degraded"
      ? t("card.degraded", { calls })
      : calls;
  const period =
    health.since === undefined
      ? t("card.lastHour", { words })
      : t("card.sinceStart", { words, ago: formats.ago(health.since) });
  return (
    <div className={styles.row}>
      <span className={styles.dot} data-health={health.state} aria-hidden />
      <span className={styles.facts} title={isQuiet ? words : period}>
        {words}
      </span>
      {update !== undefined && mayChange && (
        <Button
          size="compact-xs"
          variant="light"
          onClick={() => actions.open("update", plugin.plugin)}
          aria-label={t("card.updateTo", { name: plugin.name, version: update.version })}
        >
          {t("card.update", { version: update.version })}
        </Button>
      )}
    </div>
  );
};
