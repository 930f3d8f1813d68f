import { hostname } from "node:os";
import {
  type DurableWork,
  FIND_LOST_EVERY_MS,
  HEARTBEAT_MS,
  Nodes,
  TAKE_OVER_EVERY_MS,
} from "@patchbay/core";
import { DbosDurableWork } from "@patchbay/durable";
import { DURABLE_SCHEMA } from "@patchbay/storage-postgres";
import type { Configuration } from "../config/configuration.ts";
import type { Module } from "./module.ts";
import type { Storage } from "./storage.ts";

/** Connections of a node for durable work: one listens, and steps need one for a moment each. */
const CONNECTIONS = 5;
/** Runs that have ended are kept for whoever starts the same one once more, by mistake or after a long sleep. */
const KEPT_MS = 24 * 60 * 60_000;
const FORGET_EVERY_MS = 10 * 60_000;
/** What is under way when the server stops has this long to end; nodes then go on with the rest. */
const GRACE_MS = 5_000;

/** Who takes part in the deployment, and work that outlives the node that does it. */
export interface Durable extends Module {
  readonly nodes: Nodes;
  /** null for a registry alone, which does no such work. */
  readonly work: DurableWork | null;
  /** What is to be done when another node is gone, by its id. */
  readonly onGone: (listener: (nodeId: string) => Promise<void>) => void;
  /** Leaves the deployment: before what durable work uses is closed. */
  readonly leave: () => Promise<void>;
}

export const openDurable = ({ role }: Configuration, { database, openPool, world }: Storage): Durable => {
  const pool = role === "registry" ? null : openPool(CONNECTIONS);
  const work = pool && new DbosDurableWork({ pool, schema: DURABLE_SCHEMA, log: world.log });
  const machine = { host: hostname(), pid: process.pid };
  const nodes = new Nodes({ stores: database, durable: work, machine, world });
  const gone = new Set<(nodeId: string) => Promise<void>>();
  const leave = () => nodes.leave(GRACE_MS);
  return {
    nodes,
    work,
    onGone: (listener) => void gone.add(listener),
    leave,
    chores: [
      {
        name: "heartbeat",
        per: "node",
        failure: "it could not be said that this node lives",
        everyMs: HEARTBEAT_MS,
        firstMs: 0,
        run: () => nodes.beat(),
      },
      {
        name: "take-over",
        per: "node",
        failure: "it was not looked for nodes that are gone",
        everyMs: TAKE_OVER_EVERY_MS,
        run: () =>
          nodes.takeOver(async (nodeId) => {
            for (const listener of gone) await listener(nodeId);
          }),
      },
      {
        name: "lost-runs",
        per: "node",
        failure: "it was not looked for runs that nobody does",
        everyMs: FIND_LOST_EVERY_MS,
        run: async () => {
          const runs = (await work?.goOnWithLost()) ?? 0;
          if (runs > 0) world.log.warn({ runs }, "runs that had not begun go on");
        },
      },
      {
        name: "forget-runs",
        per: "deployment",
        failure: "what is over was not forgotten",
        everyMs: FORGET_EVERY_MS,
        run: async () => {
          await nodes.forgetOld();
          if (work?.isLaunched === true) await work.removeEnded(new Date(world.now().getTime() - KEPT_MS));
        },
      },
    ],
    // With the other tables, where there are none yet.
    prepare: async () => {
      if (work === null || (await work.hasTables())) return;
      await nodes.beat().catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(
          `The tables of durable work could not be made: ${reason} The database's role needs the right to make the schema ${DURABLE_SCHEMA}.`,
          { cause },
        );
      });
    },
    close: async () => {
      await leave();
      await pool?.end();
    },
  };
};
