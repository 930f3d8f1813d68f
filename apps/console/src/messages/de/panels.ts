import type { Translated } from "../en/catalog.ts";
import type { panels as english } from "../en/panels.ts";

export const panels: Translated<typeof english> = {
  failed: "{{name}} kann nicht angezeigt werden",
  from: "Eine Seite von {{name}} {{version}}",
  gone: {
    title: "Diese Seite gibt es nicht",
    text: "Ihr Plugin ist deaktiviert, gilt nicht für dieses Projekt oder darf keine Seiten mehr zeigen.",
  },
  overlays: "Ein Overlay eines Plugins öffnen",
  closeOverlay: "{{title}} schließen",
  openSidebar: "Die Bereiche der Plugins zeigen",
  closeSidebar: "Die Bereiche der Plugins ausblenden",
  sidebar: "Bereiche der Plugins",
};
