import { PatchbayError } from "@patchbay/protocol";
import { requireDeploymentAdmin } from "../access/authority.ts";
import type { Principal } from "../access/caller.ts";
import type { DurableWork } from "../ports/durable-work.ts";
import type { JobStore, KnownNode, NodeStore } from "../ports/node-store.ts";
import type { World } from "../world.ts";
import { CLAIM_MS, KEPT_NODES_MS, KEPT_SILENT_MS, LEASE_MS, MAX_JOB_MS, RETRY_MS } from "./limits.ts";

/** This process's part in the deployment, until it is declared dead or leaves. */
interface Membership {
  readonly id: string;
  /** Until when nobody declares it dead, on the clock that nobody sets. */
  leaseUntilMs: number;
}

/**
 * Who takes part in the deployment. Each node says again and again that it lives; of one that does not, exactly one other takes over what it had
 * under way. A node that was stopped for a while and goes on finds out before it begins a step of a run (what a plugin had
 * asked for in the step that was cut short may still be done, which is why each run has an idempotency key): it then takes part anew, under another
 * name, and what it had under way is the others'.
 */
export class Nodes {
  readonly #stores: { readonly nodes: NodeStore; readonly jobs: JobStore };
  readonly #durable: DurableWork | null;
  readonly #machine: { readonly host: string; readonly pid: number };
  readonly #world: World;
  #own: Membership | undefined;
  /** Under which it was declared dead, until what it began since then is up for others. */
  #abandoned: string | undefined;
  #beating: Promise<void> | undefined;
  #hasLeft = false;

  /** `durable` is null where this node takes over nothing. */
  constructor(parts: {
    readonly stores: { readonly nodes: NodeStore; readonly jobs: JobStore };
    readonly durable: DurableWork | null;
    readonly machine: { readonly host: string; readonly pid: number };
    readonly world: World;
  }) {
    this.#stores = parts.stores;
    this.#durable = parts.durable;
    this.#machine = parts.machine;
    this.#world = parts.world;
  }

  /** Every few seconds. The first time it joins the deployment; when it was declared dead it does so again. */
  beat(): Promise<void> {
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }

  /** Whether nobody can have declared this node dead. Asks nobody. */
  get isAlive(): boolean {
    return this.#own !== undefined && performance.now() < this.#own.leaseUntilMs;
  }

  /**
   * This process as the others know it; it joins the deployment where it takes no part yet. Throws `unavailable` once it has left, and
   * what keeps it from joining.
   */
  async identify(): Promise<string> {
    if (this.#own === undefined) await this.beat();
    if (this.#own === undefined) throw new PatchbayError("unavailable", "This node is stopping.");
    return this.#own.id;
  }

  /**
   * Every few seconds: takes over what nodes had under way that are gone. `gone` is called for each whose node has not come back, and its faults
   * are logged.
   */
  async takeOver(gone: (nodeId: string) => Promise<void>): Promise<void> {
    const own = this.#own;
    if (own === undefined || this.#durable?.isLaunched !== true || !this.isAlive) return;
    for (const left of await this.#stores.nodes.claimLeft(own.id, LEASE_MS, CLAIM_MS)) {
      const count = await this.#durable.takeOver(left.id, () => this.#requireLease(own));
      await this.#stores.nodes.settle(left.id, own.id);
      const { nodeId: node, host } = left;
      if (count > 0) this.#world.log.info({ node, host, runs: count }, "what a node had under way goes on");
      if (node !== this.#world.nodeId) await this.#tellGone(node, gone);
    }
  }

  /** Does `work` when it is this node's turn: once in a while for the whole deployment. */
  async once(job: string, everyMs: number, work: () => Promise<unknown>): Promise<void> {
    if (this.#own === undefined) await this.beat();
    const own = this.#own;
    if (own === undefined || !(await this.#stores.jobs.claim(job, own.id, everyMs, LEASE_MS))) return;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise((_, reject) => {
      const message = `The job "${job}" has not ended within ${MAX_JOB_MS / 60_000} minutes: its turn is over.`;
      timer = setTimeout(() => reject(new Error(message)), MAX_JOB_MS);
      timer.unref();
    });
    try {
      await Promise.race([work(), tooLong]);
    } finally {
      clearTimeout(timer);
      await this.#stores.jobs.release(job, own.id);
    }
  }

  /** The nodes of the deployment, the dead of the last day too. Throws `forbidden` unless the caller administers it. */
  async list(principal: Principal): Promise<KnownNode[]> {
    requireDeploymentAdmin(principal);
    return await this.#stores.nodes.list(LEASE_MS);
  }

  async forgetOld(): Promise<void> {
    const now = this.#world.now().getTime();
    await this.#stores.nodes.removeOlder(new Date(now - KEPT_NODES_MS), new Date(now - KEPT_SILENT_MS));
  }

  /** Ends taking part, once what is under way has had `graceMs` to end; others go on with the rest at once. */
  async leave(graceMs: number): Promise<void> {
    this.#hasLeft = true;
    await this.#beating?.catch(() => undefined);
    const own = this.#own;
    if (own === undefined) return;
    // So that nobody takes over what still has its time.
    await this.#stores.nodes.beat(own.id).catch(() => false);
    await this.#durable?.halt(graceMs);
    this.#own = undefined;
    await this.#stores.nodes.leave(own.id);
  }

  async #beat(): Promise<void> {
    if (this.#hasLeft) return;
    if (this.#abandoned !== undefined) await this.#giveUp(this.#abandoned);
    if (this.#own === undefined) return await this.#join();
    const own = this.#own;
    const sentAt = performance.now();
    if (await this.#stores.nodes.beat(own.id)) {
      own.leaseUntilMs = sentAt + LEASE_MS;
      return;
    }
    this.#world.log.warn(
      { process: own.id },
      "This node was silent for too long and counts as dead: others go on with what it had under way. It takes part anew.",
    );
    this.#own = undefined;
    this.#abandoned = own.id;
    await this.#giveUp(own.id);
    await this.#join();
  }

  /** Since it was declared dead it may have begun something. */
  async #giveUp(id: string): Promise<void> {
    await this.#durable?.halt(0);
    await this.#stores.nodes.unsettle(id);
    this.#abandoned = undefined;
  }

  async #join(): Promise<void> {
    const { nodeId, patchbayVersion } = this.#world;
    const own: Membership = { id: this.#world.newId(), leaseUntilMs: performance.now() + LEASE_MS };
    await this.#stores.nodes.join({ id: own.id, nodeId, patchbayVersion, ...this.#machine });
    this.#own = own;
    try {
      await this.#durable?.launch(own.id, () => this.#requireLease(own));
    } catch (error) {
      this.#own = undefined;
      await this.#stores.nodes.forget(own.id).catch(() => undefined);
      throw error;
    }
  }

  /** Comes back while the process is a live one of the deployment. While the database does not say it waits. */
  async #requireLease(own: Membership): Promise<void> {
    while (this.#own === own) {
      if (performance.now() < own.leaseUntilMs) return;
      await this.beat().catch(() => undefined);
      if (this.#own === own && performance.now() >= own.leaseUntilMs)
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    throw new Error("This process counts as dead, and what it had under way is another's.");
  }

  async #tellGone(nodeId: string, gone: (nodeId: string) => Promise<void>): Promise<void> {
    const latest = (await this.#stores.nodes.list(LEASE_MS)).find((one) => one.nodeId === nodeId);
    if (latest?.state === "alive") return;
    gone(nodeId).catch((error: unknown) =>
      this.#world.log.warn({ err: error, node: nodeId }, "what a dead node has left was not settled"),
    );
  }
}
