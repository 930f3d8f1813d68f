import type { Translated } from "../en/catalog.ts";
import type { permissions as english } from "../en/permissions.ts";

export const permissions: Translated<typeof english> = {
  kind: {
    api: "Wirkt nach außen",
    data: "Daten",
    system: "Patchbay und die Konsole",
  },
  new: "Neu",
  granted: "Erteilt",
  hosts: "Zu",
  anyHost: "jeder öffentlichen Adresse",
  below: "allen Namen unter",
  methods: "Nur mit",
  ids: "Nur",
  streams: "Nur die Streams",
  perMinute_one: "Höchstens {{count}} Aufruf je Minute",
  perMinute_other: "Höchstens {{count}} Aufrufe je Minute",
  reason: "„{{reason}}“",
  views: {
    none: "Nicht für die eigenen Seiten und Bereiche",
    use: "Auch für die eigenen Seiten und Bereiche: für alle, die es benutzen dürfen",
    secrets:
      "Auch für die eigenen Seiten und Bereiche, mit den Geheimnissen: für alle, die es benutzen dürfen",
  },
  noReason: "Der Autor nennt keinen Grund.",
  name: {
    storage_scoped: "Bewahrt Werte und Dateien im eigenen Bereich auf",
    storage_conversations: "Bewahrt Unterhaltungen im eigenen Bereich auf",
    memory_read: "Liest seine eigenen Erinnerungen",
    memory_write: "Merkt sich etwas, ändert und löscht eigene Erinnerungen",
    memory_extract: "Fragt ein Modell, was an Gesprächen merkenswert ist",
    net_fetch: "Verbindet sich mit Servern im Internet",
    chat_inference: "Fragt die Chat-Modelle der Organisation",
    chat_models: "Liest, welche Chat-Modelle es gibt",
    chat_messages: "Liest und ändert alles, was Menschen und Plugins an Chat-Modelle schreiben",
    tools_invoke: "Benutzt die Werkzeuge anderer Plugins",
    metrics_read: "Liest Messwerte von Modellen und Plugins",
    schedule_run: "Läuft zu eigenen Zeiten, ohne dass jemand es verlangt",
    ui_page: "Fügt der Konsole eine Seite hinzu",
    ui_overlay: "Zeichnet über die Konsole",
    ui_sidebar: "Fügt der Seitenleiste einen Bereich hinzu",
    ui_statusbar: "Fügt der Statusleiste einen Eintrag hinzu",
    ui_toolbar: "Fügt der Werkzeugleiste eine Schaltfläche hinzu",
    ui_notifications: "Zeigt Benachrichtigungen",
    ui_theme: "Ändert die Farben der Konsole",
  },
};
