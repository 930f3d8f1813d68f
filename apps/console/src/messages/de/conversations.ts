import type { Translated } from "../en/catalog.ts";
import type { conversations as english } from "../en/conversations.ts";

export const conversations: Translated<typeof english> = {
  administrators:
    "Eigentümer und Administratoren lesen hier Unterhaltungen, wenn die Richtlinie der Organisation es erlaubt.",
  private: "Die Richtlinie der Organisation lässt niemanden Unterhaltungen anderer lesen.",
  policy: "Richtlinie",
  noted: "Was Sie hier öffnen oder suchen, steht danach im Protokoll der Organisation.",
  search: "Wörter in Titeln und Nachrichten suchen",
  none: "Das Plugin bewahrt keine Unterhaltungen auf.",
  notFound: "Keine Unterhaltung hat diese Wörter.",
  older: "Ältere zeigen",
  untitled: "Ohne Titel",
  shared: "Vom Plugin, für alle, die es benutzen",
  of: "Von {{name}} ({{email}})",
  messages_one: "{{number}} Nachricht",
  messages_other: "{{number}} Nachrichten",
  messagesOf: "Nachrichten von „{{title}}“",
  noMessages: "Sie hat keine Nachrichten.",
  more: "Weitere Nachrichten zeigen",
  read: "„{{name}}“ lesen",
  readShort: "Lesen",
  close: "„{{name}}“ schließen",
  closeShort: "Schließen",
  delete: "„{{name}}“ löschen",
  deleteShort: "Löschen",
  deleteText: "Die Unterhaltung ist dann für alle weg, mit allen Nachrichten. Abzweigungen bleiben.",
  others_one: "Und {{count}} Teil, der kein Text ist",
  others_other: "Und {{count}} Teile, die kein Text sind",
  role: {
    system: "System",
    developer: "Entwickler",
    user: "Benutzer",
    assistant: "Assistent",
    tool: "Werkzeug",
  },
};
