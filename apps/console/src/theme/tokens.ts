import type { CSSVariablesResolver } from "@mantine/core";
import type { ThemeDto, ThemeToken } from "@patchbay/protocol";

type Tokens = Readonly<Record<ThemeToken, string>>;
export type Scheme = "light" | "dark";

/** The console's own colours. Text on its ground has a contrast above 4.5 in both schemes. */
const OWN: Readonly<Record<Scheme, Tokens>> = {
  light: {
    background: "#ffffff",
    surface: "#ffffff",
    border: "#dee2e6",
    text: "#16181c",
    mutedText: "#57606a",
    accent: "#1b66c9",
    accentText: "#ffffff",
    success: "#0a7d55",
    warning: "#a04b00",
    danger: "#c92a2a",
  },
  dark: {
    background: "#16181c",
    surface: "#1f2227",
    border: "#363a41",
    text: "#e3e6ea",
    mutedText: "#a2a9b3",
    accent: "#2a71cf",
    accentText: "#ffffff",
    success: "#3fb984",
    warning: "#f0a04b",
    danger: "#ff8787",
  },
};
/** Links and light buttons stand on the ground itself, so their accent is brighter in the dark. */
const LINK: Readonly<Record<Scheme, string>> = { light: "#1b66c9", dark: "#75a8e9" };

/** On a ground that is tinted with the accent itself, hovered too. */
const ON_TINT: Readonly<Record<Scheme, string>> = { light: "#14539f", dark: "#9cc3f0" };

/** Of buttons that destroy something: white on it has a contrast above 4.5 in both schemes. */
const DESTROYING = "#c92a2a";

/** Of what a chart tells apart, in this order; the last one is all the rest. Each has a contrast above 3 to its ground. */
const SERIES: Readonly<Record<Scheme, readonly string[]>> = {
  light: ["#1b66c9", "#c2255c", "#0b7285", "#b35309", "#7048e8", "#6b7280"],
  dark: ["#75a8e9", "#f783ac", "#3bc9db", "#ffa94d", "#b197fc", "#8b93a0"],
};

/** The colours in force: a plugin's theme sets some, the console has the rest. */
export const tokensOf = (scheme: Scheme, theme: ThemeDto | null): Tokens => ({
  ...OWN[scheme],
  ...(theme?.scheme === scheme ? theme.tokens : {}),
});

const variablesOf = (scheme: Scheme, theme: ThemeDto | null): Record<string, string> => {
  const tokens = tokensOf(scheme, theme);
  const themed = theme?.scheme === scheme ? theme.tokens.accent : undefined;
  const link = themed ?? LINK[scheme];
  return {
    "--mantine-color-body": tokens.background,
    "--mantine-color-default": tokens.surface,
    "--mantine-color-default-hover": `color-mix(in srgb, ${tokens.surface} 92%, ${tokens.text})`,
    "--mantine-color-default-border": tokens.border,
    "--mantine-color-text": tokens.text,
    "--mantine-color-dimmed": tokens.mutedText,
    "--mantine-color-placeholder": tokens.mutedText,
    "--mantine-color-anchor": link,
    "--mantine-color-accent-filled": tokens.accent,
    "--mantine-color-accent-filled-hover": `color-mix(in srgb, ${tokens.accent} 88%, black)`,
    "--mantine-color-accent-light": `color-mix(in srgb, ${tokens.accent} 14%, transparent)`,
    "--mantine-color-accent-light-hover": `color-mix(in srgb, ${tokens.accent} 20%, transparent)`,
    "--mantine-color-accent-light-color": themed ?? ON_TINT[scheme],
    "--mantine-color-accent-text": link,
    "--mantine-color-accent-outline": link,
    "--mantine-primary-color-contrast": tokens.accentText,
    "--mantine-color-error": tokens.danger,
    "--mantine-color-red-filled": DESTROYING,
    "--mantine-color-red-filled-hover": `color-mix(in srgb, ${DESTROYING} 88%, black)`,
    "--mantine-color-red-text": tokens.danger,
    "--mantine-color-red-outline": tokens.danger,
    "--pb-success": tokens.success,
    "--pb-warning": tokens.warning,
    "--pb-danger": tokens.danger,
    ...Object.fromEntries(SERIES[scheme].map((color, place) => [`--pb-series-${place}`, color])),
  };
};

/** Mantine's variables, from the tokens. */
export const variablesResolver =
  (theme: ThemeDto | null): CSSVariablesResolver =>
  () => ({ variables: {}, light: variablesOf("light", theme), dark: variablesOf("dark", theme) });
