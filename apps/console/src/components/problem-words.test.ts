import { ERROR_CODES, type ErrorCode, PatchbayError } from "@patchbay/protocol";
import { createInstance } from "i18next";
import { describe, expect, it } from "vitest";
import { de } from "../messages/de/index.ts";
import { en } from "../messages/en/index.ts";
import { problemWords } from "./problem-words.ts";

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const LANGUAGES = { en, de };

const wordsIn = (language: keyof typeof LANGUAGES) => {
  const i18n = createInstance();
  void i18n.init({ lng: language, resources: LANGUAGES, interpolation: { escapeValue: false } });
  return (error: unknown, title?: string) => problemWords(i18n.getFixedT(null, "problems"), error, title);
};
const answered = (code: ErrorCode, message = "As it is.") =>
  new PatchbayError(code, message, { facts: { requestId: "r1", remedy: "Do this with curl." } });

describe("the words for an error", () => {
  it.each(CODES)("are there in every language for %s, and have none of the API's", (code) => {
    const [english, german] = [wordsIn("en")(answered(code)), wordsIn("de")(answered(code))];
    for (const words of [english, german])
      for (const part of [words.title, words.text, words.action]) expect(part).toMatch(/^[^_`/{}]{8,}$/u);
    expect(german.title).not.toBe(english.title);
    expect(german.text).not.toBe(english.text);
    expect(german.action).not.toBe(english.action);
  });

  it("exist for no code that there is not", () => {
    const { text, action } = en.problems;
    expect(
      [...Object.keys(text), ...Object.keys(action)].filter((code) => !Object.hasOwn(ERROR_CODES, code)),
    ).toEqual([]);
  });

  it("have the title of what did not work, unless nothing could have worked", () => {
    const words = wordsIn("en");
    const title = "The settings were not saved";
    expect(words(answered("settings_invalid"), title).title).toBe(title);
    expect(words(answered("unauthenticated"), title).title).toBe("You are signed out");
    expect(words(answered("revision_changed"), title).title).toBe("Somebody else was faster");
    const away = words(new PatchbayError("unavailable", "No server answers at x."), title);
    expect(away).toEqual({
      title: "The server does not answer",
      text: "What you entered is kept.",
      action: "Check your connection and try again.",
    });
    expect(words(answered("unavailable"), title).title).toBe(title);
  });

  it("bring what only the server or the plugin can say, without what to do through the API", () => {
    const words = wordsIn("de");
    expect(words(answered("plugin_error", "No such town.")).said).toBe("No such town.");
    expect(words(answered("policy_blocked", "It is forbidden. Do this with curl.")).said).toBe(
      "It is forbidden.",
    );
    expect(words(answered("invalid_request", "The rules contradict each other.")).said).toBe(
      "The rules contradict each other.",
    );
    const errors = [{ pointer: "/a", message: "No." }];
    expect(words(new PatchbayError("invalid_request", "/a No.", { errors })).said).toBeUndefined();
    expect(words(answered("unauthenticated", "Send an API key.")).said).toBeUndefined();
    expect(words(answered("settings_invalid", "/apiKey is required.")).said).toBeUndefined();
  });

  it("say of a fault of the console's own that it is one", () => {
    expect(wordsIn("en")(new TypeError("x is undefined"))).toMatchObject({
      title: "The console failed",
      text: "This page has hit an error of its own: x is undefined",
    });
  });
});
