import { GRANTABLE_PERMISSIONS } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { permissions as german } from "../../messages/de/permissions.ts";
import { permissions as english, permissionKey } from "../../messages/en/permissions.ts";
import { LANGUAGES, type Language } from "../../messages/i18n.ts";

const WORDS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: english.name,
  de: german.name,
};

describe.each(Object.keys(LANGUAGES) as Language[])("permissions in %s", (language) => {
  it.each(GRANTABLE_PERMISSIONS)("have words: %s", (name) => {
    expect(WORDS[language][permissionKey(name)]).toMatch(/\w+ \w+/);
  });

  it("have no words for what cannot be granted", () => {
    expect(Object.keys(WORDS[language]).toSorted()).toEqual(
      GRANTABLE_PERMISSIONS.map(permissionKey).toSorted(),
    );
  });
});
