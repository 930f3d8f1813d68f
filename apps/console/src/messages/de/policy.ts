import type { Translated } from "../en/catalog.ts";
import type { policy as english } from "../en/policy.ts";

export const policy: Translated<typeof english> = {
  text: "Wer hier Plugins installieren darf, welche, und wie viel ihnen erlaubt werden darf.",
  readOnly: "Eigentümer und Administratoren der Organisation können das ändern.",
  save: "Richtlinie speichern",
  saved: "Die Richtlinie gilt.",
  notSaved: "Die Richtlinie wurde nicht geändert",
  audience: {
    administrators: "Administratoren",
    managers: "Administratoren und, für die eigenen Projekte, deren Leitung",
    everyone: "Alle außer Betrachtern",
    nobody: "Niemand",
  },
  people: {
    legend: "Personen",
    install: "Wer Plugins installieren darf",
    installHelp: "Projektleiter dürfen das für ihre eigenen Projekte, außer bei „Niemand“.",
    debug: "Wer Plugins debuggen darf",
    debugHelp: "Sie lesen die Protokolle von Plugins und sehen die Prozesse, in denen sie laufen.",
    conversations: "Wer Unterhaltungen anderer lesen darf",
    conversationsHelp:
      "Was Plugins von dem aufbewahren, was Menschen und Modelle sagten. Jedes Lesen steht im Protokoll der Organisation.",
  },
  origin: {
    legend: "Herkunft",
    sources: "Erlaubte Quellen",
    badges: "Erlaubte Kennzeichen",
    builtin: "Mitgelieferte Plugins sind immer erlaubt, außer sie sind unten verboten.",
    signatures: "Signaturen",
    signaturesHelp: "Ob ein Paket mit einem hier bekannten Schlüssel seines Herausgebers signiert sein muss.",
    signature: { optional: "Nicht nötig", required: "Nötig zum Installieren, Aktivieren und Aktualisieren" },
  },
  source: {
    marketplace: "Marktplätze",
    github: "GitHub",
    upload: "Zip-Dateien",
    directory: "Verzeichnisse auf dem Server",
    bundle: "Sammelpakete",
    bridge: "MCP-Server",
  },
  plugins: {
    legend: "Plugins",
    only: "Nur Plugins aus einer Liste dürfen installiert werden",
    allowed: "Erlaubte Plugins",
    required: "Vorgeschriebene Plugins",
    requiredHelp: "Sie dürfen weder deaktiviert noch deinstalliert werden.",
    forbidden: "Verbotene Plugins",
    patterns: "IDs wie acme.weather, oder acme.* für alle eines Herausgebers.",
  },
  grants: {
    legend: "Berechtigungen",
    only: "Begrenzen, was ohne Administrator erteilt werden darf",
    onlyHelp: "Für Mitglieder und Projektleiter, die installieren. Was schon erteilt wurde, bleibt.",
    allowed: "Berechtigungen, die sie erteilen dürfen",
  },
  calls: {
    legend: "Protokoll der Aufrufe",
    days: "Tage, für die Aufrufe von Plugins aufbewahrt werden",
    daysHelp:
      "Wer was wann aufrief, und wie es endete; höchstens 400 Tage. Bei 0 wird nichts aufbewahrt, und was da ist, verschwindet.",
    only: "Nur Aufrufe von Plugins aus einer Liste werden aufbewahrt",
    kept: "Plugins, deren Aufrufe aufbewahrt werden",
    allContent: "Von allen auch Ein- und Ausgaben aufbewahren",
    contentHelp:
      "Ohne Dateien, und ohne was das Schema eines Werkzeugs als Geheimnis kennzeichnet. Wer liest, was andere aufriefen, steht im Protokoll der Organisation.",
    content: "Plugins, von denen auch Ein- und Ausgaben aufbewahrt werden",
  },
  violations: {
    title_one: "{{count}} Plugin ist nicht so, wie die Richtlinie es will",
    title_other: "{{count}} Plugins sind nicht so, wie die Richtlinie es will",
    text: "Die Richtlinie schaltet nichts von selbst ab.",
  },
};
