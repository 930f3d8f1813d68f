import type { Translated } from "../en/catalog.ts";
import type { sources as english } from "../en/sources.ts";

export const sources: Translated<typeof english> = {
  text: "Woher Plugins außer aus Dateien kommen: aus den Marktplätzen dieser Installation und von GitHub.",
  marketplaces: {
    title: "Marktplätze",
    help: "Sie werden in dieser Reihenfolge gefragt: Ein Plugin eines früheren verdeckt eines mit derselben Kennung in einem späteren. Festgelegt werden sie vom Betreiber dieser Installation.",
    none: "Diese Installation hat keinen Marktplatz. Der Betreiber kann welche in PATCHBAY_MARKETPLACE_URL nennen.",
    ok: "Antwortet",
    unavailable: "Antwortet nicht",
  },
  github: {
    title: "GitHub",
    help: "Ein Token erreicht private Repositorys, um daraus zu installieren und neuere Versionen zu finden. Es wird verschlüsselt und nie wieder angezeigt.",
    has: "Ein Token ist hinterlegt.",
    hasNot: "Kein Token ist hinterlegt: Öffentliche Repositorys sind erreichbar.",
    label: "Token",
    save: "Token hinterlegen",
    replace: "Token ersetzen",
    remove: "Token entfernen",
    removeText:
      "Private Repositorys sind dann nicht mehr erreichbar. Was daraus installiert ist, läuft weiter.",
    saved: "Das Token für GitHub ist hinterlegt.",
    removed: "Das Token für GitHub ist entfernt.",
    notSaved: "Das Token wurde nicht hinterlegt",
    readOnly: "Eigentümer und Administratoren der Organisation können das ändern.",
  },
};
