import { ActionIcon, Menu, Text, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconUser } from "@tabler/icons-react";
import { useMutation, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { origin } from "../api/client.ts";
import { meQuery, themesQuery } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { chooseLanguage, LANGUAGES, type Language } from "../messages/i18n.ts";
import { chooseDensity, chosenDensity, DENSITIES } from "./appearance/density.ts";
import { choosePluginTheme, themeKey, usePluginTheme } from "./appearance/plugin-theme.ts";
import { useOrganization } from "./organization.ts";

const SCHEMES = ["auto", "light", "dark"] as const;

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
        <Menu.Label>{t("appearance.scheme")}</Menu.Label>
        {SCHEMES.map((scheme) => (
          <Choice key={scheme} isChosen={scheme === colorScheme} onChoose={() => setColorScheme(scheme)}>
            {t(`appearance.${scheme}`)}
          </Choice>
        ))}
        {themes.length > 0 && (
          <>
            <Menu.Label>{t("appearance.theme")}</Menu.Label>
            <Choice isChosen={theme === null} onChoose={() => choosePluginTheme(null)}>
              {t("appearance.ownTheme")}
            </Choice>
            {themes.map((one) => (
              <Choice
                key={themeKey(one)}
                isChosen={theme !== null && themeKey(one) === themeKey(theme)}
                onChoose={() => choosePluginTheme(one)}
              >
                {one.title}
              </Choice>
            ))}
          </>
        )}
        <Menu.Label>{t("appearance.density")}</Menu.Label>
        {DENSITIES.map((one) => (
          <Choice
            key={one}
            isChosen={one === density}
            onChoose={() => {
              chooseDensity(one);
              setDensity(one);
            }}
          >
            {t(`appearance.${one}`)}
          </Choice>
        ))}
        <Menu.Label>{t("appearance.language")}</Menu.Label>
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <Choice
            key={language}
            isChosen={language === i18n.language}
            onChoose={() => void chooseLanguage(language as Language)}
          >
            <span lang={language}>{name}</span>
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Item component="a" href="/docs" target="_blank" rel="noreferrer">
          {t("header.apiReference")}
        </Menu.Item>
        <Menu.Item onClick={() => signOut.mutate()} disabled={signOut.isPending}>
          {t("header.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};

interface ChoiceProps {
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly children: ReactNode;
}

const Choice = ({ isChosen, onChoose, children }: ChoiceProps) => (
  <Menu.Item
    role="menuitemradio"
    aria-checked={isChosen}
    rightSection={isChosen && <IconCheck size={14} aria-hidden />}
    onClick={onChoose}
  >
    {children}
  </Menu.Item>
);
