import type { Translated } from "../en/catalog.ts";
import type { models as english } from "../en/models.ts";

export const models: Translated<typeof english> = {
  title: "Modelle",
  tabs: { rules: "Modelle", usage: "Verbrauch", budgets: "Budgets", playground: "Ausprobieren" },
  text: "Was Plugins hier anbieten. Programme für OpenAI und Anthropic fragen sie unter der Adresse dieses Servers und /v1, mit einem API-Schlüssel von Patchbay.",
  list: {
    title: "Modelle",
    model: "Modell",
    kind: "Art",
    plugin: "Plugin",
    state: "Zustand",
    context_one: "{{count}} Token",
    context_other: "{{count}} Tokens",
  },
  kind: {
    chat: "Chat",
    embeddings: "Embeddings",
    rerank: "Neuordnung",
    speech: "Sprache",
    images: "Bilder",
  },
  state: {
    ready: "Bereit",
    resting_one: "Fällt aus: {{count}} Sekunde ausgelassen",
    resting_other: "Fällt aus: {{count}} Sekunden ausgelassen",
    forbidden: "Nicht erlaubt",
  },
  none: {
    title: "Noch gibt es keine Modelle",
    text: "Aktivieren Sie ein Plugin, das welche anbietet, und sagen Sie in seinen Einstellungen, wo sie sind. Das Plugin Echo braucht weder Schlüssel noch Netz: Es ist kein Sprachmodell, aber alles lässt sich damit ausprobieren.",
    plugins: "Plugins mit Modellen",
  },
  hooks: {
    title: "Nachrichten-Hooks",
    text: "Plugins, die nacheinander ansehen, was Menschen und Plugins an Chatmodelle schreiben, und es ändern dürfen.",
    name: "{{title}} von {{plugin}}",
    on: "Nachrichten gehen hindurch",
    up: "{{name}} nach oben",
    down: "{{name}} nach unten",
    projects: "Nur für {{projects}}",
    onFailure: "Wenn er ausfällt",
    failure: { refuse: "Die Frage ablehnen", continue: "Ohne ihn weitermachen" },
    state: {
      runs: "Läuft",
      off: "Das Plugin ist deaktiviert: Nachrichten gehen nicht hindurch",
      fails: "Das Plugin ist ausgefallen",
    },
    saved: "Die Nachrichten-Hooks sind eingestellt.",
    notSaved: "Die Nachrichten-Hooks wurden nicht geändert",
  },
  rules: {
    title: "Regeln",
    readOnly: "Eigentümer und Administratoren der Organisation können das ändern.",
    choice: "Welche Modelle gefragt werden",
    default: "Standardmodell",
    defaultHelp:
      "Ein Modell oder ein Alias für alle, die nach „default“ fragen. Leer: das erste Chatmodell, das es gibt.",
    only: "Nur Modelle einer Liste dürfen gefragt werden",
    allowed: "Erlaubte Modelle",
    patterns: "Namen wie openai/gpt-5, oder openai/* für alle eines Anbieters.",
    failing: "Wenn ein Modell ausfällt",
    retries: "Weitere Versuche",
    retriesHelp:
      "Bei einem Modell, das überlastet, begrenzt oder kurz nicht da ist, bevor das nächste gefragt wird.",
    aliasHelp:
      "Ein Alias ist ein Name für Modelle: Das erste wird gefragt, die anderen, wenn die vor ihnen ausfallen. Ein Alias mit dem Namen eines Modells sagt, wer an dessen Stelle antwortet.",
    save: "Regeln speichern",
    saved: "Die Regeln gelten.",
    notSaved: "Die Regeln wurden nicht geändert",
  },
  alias: {
    title: "Aliase",
    add: "Alias hinzufügen",
    unnamed: "Alias {{number}}",
    name: "Name",
    models: "Modelle, in ihrer Reihenfolge",
    remove: "{{name}} entfernen",
  },
};
