import type { Translated } from "../en/catalog.ts";
import type { forms as english } from "../en/forms.ts";

export const forms: Translated<typeof english> = {
  noChoice: "Nicht festgelegt",
  item: "Eintrag {{number}}",
  addItem: "Eintrag hinzufügen",
  removeItem: "Eintrag {{number}} aus {{list}} entfernen",
  json: "JSON",
  notJson: "Das ist kein gültiges JSON.",
  number: {
    notNumber: "Das ist keine Zahl. So wird eine geschrieben: {{example}}.",
    notWhole: "Hier sind nur ganze Zahlen möglich.",
    ambiguous: "Das kann zweierlei bedeuten. Schreiben Sie {{whole}} oder {{fraction}}.",
    notExact: "Diese Zahl hat mehr Stellen, als sich speichern lassen. Sie würde zu {{kept}}.",
  },
  jsonInexact:
    "Die Zahl {{number}} hat mehr Stellen, als sich speichern lassen. Schreiben Sie sie als Text oder kürzer.",
  longText_one: "{{number}} Zeichen, beginnend mit {{start}}",
  longText_other: "{{number}} Zeichen, beginnend mit {{start}}",
  clearText: "Leeren",
  useDefault: "Vorgabe verwenden",
  useDefaultOf: "Vorgabe für {{name}} verwenden",
  secretSet: "Gesetzt. Niemand kann es lesen.",
  secretHosts: "Wird nur an <1>{{hosts}}</1> gesendet.",
  secretRemoved: "Wird beim Speichern entfernt.",
  replace: "Ersetzen",
  removeSecret: "Entfernen",
  keepSecret: "Gesetztes behalten",
  showSecret: "Eingabe anzeigen",
  on: "An",
  off: "Aus",
  shared: {
    title: "Jemand anders hat das geändert, während Sie es bearbeitet haben",
    taken: "Von dort übernommen: {{fields}}.",
    both: "Sie haben beide „{{field}}“ geändert. Wählen Sie, was bleibt.",
    hidden: "Vielleicht wurde auch „{{field}}“ geändert: Niemand kann es lesen. Wählen Sie, was bleibt.",
    yours: "Ihres: {{value}}",
    theirs: "Das andere: {{value}}",
    inherited: "der geerbte Wert",
    keepMine: "Ihres behalten",
    takeTheirs: "Das andere nehmen",
  },
};
