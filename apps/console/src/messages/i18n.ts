import i18next, { type BackendModule, type ResourceKey } from "i18next";
import { initReactI18next } from "react-i18next";
import { first } from "./en/first.ts";

/** Languages with a complete catalog, by the name that their speakers know. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const STORAGE_KEY = "patchbay-language";

const isLanguage = (value: string | null | undefined): value is Language =>
  value !== null && value !== undefined && Object.hasOwn(LANGUAGES, value);

/** What the person chose, else the first language of the browser that there is a catalog for. */
const preferredLanguage = (): Language => {
  const chosen = localStorage.getItem(STORAGE_KEY);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split("-")[0]).find(isLanguage) ?? "en";
};

/** The words of the first pages come with the console. All others are fetched together, with the first page that needs one. */
const fetchedMessages: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: async (language, namespace) => {
    const catalog: Readonly<Record<string, ResourceKey>> =
      language === "de" ? (await import("./de/index.ts")).de : (await import("./en/later.ts")).later;
    for (const [name, messages] of Object.entries(catalog))
      i18next.addResourceBundle(language, name, messages);
    return catalog[namespace] ?? {};
  },
};

/** Comes back when messages can be shown. */
export const startMessages = async (): Promise<void> => {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  await i18next
    .use(fetchedMessages)
    .use(initReactI18next)
    .init({
      lng: preferredLanguage(),
      fallbackLng: false, // Every catalog is complete: their types say so.
      ns: Object.keys(first),
      defaultNS: "common",
      resources: { en: first },
      partialBundledLanguages: true,
      interpolation: { escapeValue: false }, // React escapes
    });
};

export const chooseLanguage = async (language: Language): Promise<void> => {
  localStorage.setItem(STORAGE_KEY, language);
  await i18next.changeLanguage(language);
};
