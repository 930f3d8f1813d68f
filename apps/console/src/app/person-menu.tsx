import { ActionIcon, type MantineColorScheme, Menu, Text, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { origin } from "../api/client.ts";
import { meQuery, themesQuery } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { BASE_PATH } from "../base-path.ts";
import { IconUser } from "../components/icons.tsx";
import { forgetInputs } from "../components/try-tool/last-inputs.ts";
import { chooseLanguage, LANGUAGES, type Language } from "../messages/i18n.ts";
import { useOrganization } from "../session/organization.ts";
import { chooseDensity, chosenDensity, DENSITIES, type Density } from "../theme/density.ts";
import { choosePluginTheme, themeKey, usePluginTheme } from "../theme/plugin-theme.ts";

const SCHEMES = ["auto", "light", "dark"] as const;
const OWN_THEME = "";

/** Who is signed in, how the console looks to them, and the way out. */
export const PersonMenu = () => {
  const { t, i18n } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery());
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const theme = usePluginTheme();
  const { org } = useOrganization();
  const { data: themes = [] } = useQuery(themesQuery(org));
  const [density, setDensity] = useState(chosenDensity);
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => origin.auth.signOut(),
    onSuccess: async () => {
      forgetInputs();
      await navigate({ to: "/sign-in", search: {} });
      queryClient.clear();
    },
  });
  return (
    <Menu position="bottom-end" width={220} closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("header.person")}>
          <IconUser size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah="calc(100dvh - 64px)" style={{ overflowY: "auto" }}>
        <Menu.Label>
          <Text size="sm" c="var(--mantine-color-text)" truncate>
            {me.user.name}
          </Text>
          <Text size="xs" truncate>
            {me.user.email}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        <Choices
          label={t("appearance.scheme")}
          chosen={colorScheme}
          choices={SCHEMES.map((scheme) => [scheme, t(`appearance.${scheme}`)])}
          onChoose={(scheme) => setColorScheme(scheme as MantineColorScheme)}
        />
        {themes.length > 0 && (
          <Choices
            label={t("appearance.theme")}
            chosen={theme === null ? OWN_THEME : themeKey(theme)}
            choices={[
              [OWN_THEME, t("appearance.ownTheme")],
              ...themes.map((one): Choice => [themeKey(one), one.title]),
            ]}
            onChoose={(key) => choosePluginTheme(themes.find((one) => themeKey(one) === key) ?? null)}
          />
        )}
        <Choices
          label={t("appearance.density")}
          chosen={density}
          choices={DENSITIES.map((one) => [one, t(`appearance.${one}`)])}
          onChoose={(one) => {
            chooseDensity(one as Density);
            setDensity(one as Density);
          }}
        />
        <Choices
          label={t("appearance.language")}
          chosen={i18n.language}
          choices={Object.entries(LANGUAGES)}
          onChoose={(language) => void chooseLanguage(language as Language)}
        />
        <Menu.Divider />
        <Menu.Item component="a" href={`${BASE_PATH}/docs`} target="_blank" rel="noreferrer">
          {t("header.apiReference")}
        </Menu.Item>
        <Menu.Item component="a" href={`${BASE_PATH}/licences`} target="_blank" rel="noreferrer">
          {t("header.licences")}
        </Menu.Item>
        <Menu.Item onClick={() => signOut.mutate()} disabled={signOut.isPending}>
          {t("header.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};

/** A value, and what people read. */
type Choice = readonly [value: string, label: string];

interface ChoicesProps {
  readonly label: string;
  readonly chosen: string;
  readonly choices: readonly Choice[];
  readonly onChoose: (value: string) => void;
}

const Choices = ({ label, chosen, choices, onChoose }: ChoicesProps) => (
  <>
    <Menu.Label>{label}</Menu.Label>
    <Menu.RadioGroup aria-label={label} value={chosen} onChange={onChoose}>
      {choices.map(([value, text]) => (
        <Menu.RadioItem key={value} value={value}>
          {text}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  </>
);
