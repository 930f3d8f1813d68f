import type { Endpoint, EndpointRequest } from "@patchbay/core";
import type { ColumnType } from "kysely";
import type { Counter, CreatedAt, Json } from "./columns.ts";

interface Endpoints {
  id: string;
  organizationId: string;
  installationId: string;
  name: string;
  project: string | null;
  title: string;
  address: string;
  authentication: Endpoint["authentication"];
  enabled: boolean;
  perMinute: number;
  maxBodyBytes: number;
  maxSeconds: number;
  origins: Json<Endpoint["origins"]>;
  keepsBodies: boolean;
  createdAt: CreatedAt;
}

interface EndpointSecrets {
  id: string;
  endpointId: string;
  hint: string;
  content: string;
  createdAt: CreatedAt;
  expiresAt: Date | null;
}

interface EndpointRequests {
  number: Counter;
  id: string;
  endpointId: string;
  at: Date;
  method: string;
  path: string;
  query: string;
  headers: Json<EndpointRequest["headers"]>;
  status: number;
  durationMs: number;
  requestBytes: ColumnType<string, number, never>;
  answerBytes: ColumnType<string, number, never>;
  code: string | null;
  message: string | null;
  body: Buffer | null;
  replayOf: string | null;
}

interface EndpointMessages {
  endpointId: string;
  messageId: string;
  /** null: it was delivered. */
  takenUntil: Date | null;
  at: CreatedAt;
}

/** What plugins answer to requests from outside. */
export interface EndpointTables {
  endpoints: Endpoints;
  endpointSecrets: EndpointSecrets;
  endpointRequests: EndpointRequests;
  endpointMessages: EndpointMessages;
}
