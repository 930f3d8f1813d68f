import type { Actor, ProjectScope, RecordedResponse, RequestState } from "@patchbay/core";
import type { Grant, NotificationLevel } from "@patchbay/protocol";
import type { ColumnType, Generated, RawBuilder } from "kysely";
import type { Counter, CreatedAt, Json, JsonOrNull } from "./columns.ts";

interface AuditEvents {
  id: Counter;
  organizationId: string | null;
  actor: Json<Actor>;
  action: string;
  pluginId: string | null;
  detail: Json<Readonly<Record<string, unknown>>>;
  at: CreatedAt;
  /** Of the actor, and the words of all of it: what a search looks at. */
  actorId: string | null;
  words: ColumnType<string, RawBuilder<string>, never>;
}

interface PluginRequests {
  id: Counter;
  organizationId: string;
  pluginId: string;
  version: string;
  grants: Json<readonly Grant[]>;
  scope: Json<ProjectScope>;
  message: string | null;
  userId: string;
  state: Generated<RequestState>;
  decidedBy: JsonOrNull<Actor>;
  reason: string | null;
  decidedAt: ColumnType<Date | null, never, Date>;
  awaitsEnabling: Generated<boolean>;
  createdAt: CreatedAt;
}

interface Notifications {
  id: Counter;
  organizationId: string;
  /** null: Patchbay's own. */
  installationId: string | null;
  pluginId: string;
  project: string | null;
  userId: string | null;
  level: NotificationLevel;
  title: string;
  message: string | null;
  createdAt: CreatedAt;
}

interface NotificationReads {
  notificationId: string;
  userId: string;
}

interface IdempotencyKeys {
  caller: string;
  key: string;
  requestHash: string;
  /** null while the request runs. */
  response: JsonOrNull<RecordedResponse>;
  claimedAt: Date;
}

/** What happened, and what people are told. */
export interface RecordTables {
  auditEvents: AuditEvents;
  pluginRequests: PluginRequests;
  notifications: Notifications;
  notificationReads: NotificationReads;
  idempotencyKeys: IdempotencyKeys;
}
