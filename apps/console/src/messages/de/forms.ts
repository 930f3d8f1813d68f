import type { Translated } from "../catalog.ts";
import type { forms as english } from "../en/forms.ts";

export const forms: Translated<typeof english> = {
  noChoice: "Nicht festgelegt",
  item: "Eintrag {{number}}",
  addItem: "Eintrag hinzufügen",
  removeItem: "Eintrag {{number}} aus {{list}} entfernen",
  json: "JSON",
  notJson: "Das ist kein gültiges JSON.",
  secretSet: "Gesetzt. Niemand kann es lesen.",
  secretHosts: "Wird nur an <1>{{hosts}}</1> gesendet.",
  secretRemoved: "Wird beim Speichern entfernt.",
  replace: "Ersetzen",
  removeSecret: "Entfernen",
  keepSecret: "Gesetztes behalten",
  showSecret: "Eingabe anzeigen",
};
