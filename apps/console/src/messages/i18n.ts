import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en/index.ts";

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

/** English comes with the console; every other catalog is fetched when somebody reads it. */
const loadCatalog = async (language: Language): Promise<void> => {
  if (language === "en" || i18next.hasResourceBundle(language, "common")) return;
  const { de } = await import("./de/index.ts");
  for (const [namespace, messages] of Object.entries(de))
    i18next.addResourceBundle(language, namespace, messages);
};

/** Comes back when messages can be shown. */
export const startMessages = async (): Promise<void> => {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en },
    defaultNS: "common",
    interpolation: { escapeValue: false }, // React escapes
  });
  await applyLanguage(preferredLanguage());
};

export const chooseLanguage = async (language: Language): Promise<void> => {
  localStorage.setItem(STORAGE_KEY, language);
  await applyLanguage(language);
};

const applyLanguage = async (language: Language): Promise<void> => {
  await loadCatalog(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
};
