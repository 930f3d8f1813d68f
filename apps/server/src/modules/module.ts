import type { Change } from "@patchbay/core";
import type { Authentication } from "../http/authentication.ts";
import type { EventStreams } from "../http/event-streams.ts";
import type { App } from "../http/route.ts";
import type { Site } from "../http/site.ts";
import type { Chore } from "../process/chores.ts";

/** What routes have of the HTTP server around them. */
export interface Http {
  readonly authentication: Authentication;
  readonly streams: EventStreams;
  readonly site: Site;
}

/**
 * A part of the server, made by the function of its file from the parts that it needs. What others use of it are the further
 * members that each module has.
 */
export interface Module {
  /** Registers what it answers over HTTP. */
  readonly routes?: (app: App, http: Http) => void | Promise<void>;
  /** What it does again and again while the server runs. */
  readonly chores?: readonly Chore[];
  /** Something was changed on any node: what this one holds of it is read anew. */
  readonly onChange?: (change: Change) => void;
  /** Once all modules are there and before the server listens, in their order. */
  readonly prepare?: () => Promise<void>;
  /** Once the server does not listen any more, in the opposite order. */
  readonly close?: () => Promise<void>;
}
