import type { DBOS, DBOSConfig } from "@dbos-inc/dbos-sdk";
import type { DomainLog, DurableHandler, DurableRun, DurableWork } from "@patchbay/core";
import { FORGOTTEN_AT_ONCE, OWN_SCHEDULES_LOOK_MS } from "./limits.ts";
import { quietDbos } from "./quiet-dbos.ts";

/** Changes only when runs that were written down cannot be gone on with by newer code: then they are left to older nodes. */
const APPLICATION_VERSION = "1";

type Pool = NonNullable<DBOSConfig["systemDatabasePool"]>;
type Dbos = typeof DBOS;
type Workflow = (input: unknown) => Promise<void>;

/**
 * Durable work over DBOS, which keeps runs and the answers of their steps in a schema of its own. There is one of it in a process:
 * DBOS is one static instance.
 */
export class DbosDurableWork implements DurableWork {
  readonly #pool: Pool;
  readonly #schema: string;
  readonly #log: DomainLog;
  readonly #handlers = new Map<string, DurableHandler>();
  readonly #workflows = new Map<string, Workflow>();
  #loaded: Promise<Dbos> | undefined;
  #part: Part | undefined;
  #isLaunched = false;

  /** The pool stays the caller's. */
  constructor(parts: { readonly pool: Pool; readonly schema: string; readonly log: DomainLog }) {
    this.#pool = parts.pool;
    this.#schema = parts.schema;
    this.#log = parts.log;
  }

  get isLaunched(): boolean {
    return this.#isLaunched;
  }

  /** Whether the database has the tables; the first `launch` makes them, which takes a second. */
  async hasTables(): Promise<boolean> {
    const { rows } = await this.#pool.query<{ there: boolean }>(
      "select to_regclass($1 || '.workflow_status') is not null as there",
      [this.#schema],
    );
    return rows[0]?.there === true;
  }

  handle(kind: string, handler: DurableHandler): void {
    this.#handlers.set(kind, handler);
  }

  async launch(executor: string, mayGoOn: () => Promise<void>): Promise<void> {
    const dbos = await this.#dbos();
    if (dbos.isInitialized()) throw new Error("This process takes part in durable work already.");
    dbos.setConfig({
      name: "patchbay",
      systemDatabasePool: this.#pool,
      systemDatabaseSchemaName: this.#schema,
      executorID: executor,
      applicationVersion: APPLICATION_VERSION,
      schedulerPollingIntervalMs: OWN_SCHEDULES_LOOK_MS,
      logger: loggerTo(this.#log),
    });
    // What is gone on with may begin before `launch` has come back.
    this.#part = new Part(dbos, executor, mayGoOn);
    try {
      await dbos.launch();
      quietDbos();
      this.#isLaunched = true;
    } catch (error) {
      this.#part = undefined;
      throw error;
    }
  }

  async start(kind: string, id: string, input: unknown): Promise<void> {
    const dbos = await this.#dbos();
    const workflow = this.#workflows.get(kind);
    if (workflow === undefined) throw new Error(`Nobody does runs of the kind "${kind}".`);
    await dbos.startWorkflow(workflow, { workflowID: id })(input);
  }

  async cancel(id: string): Promise<void> {
    await (await this.#dbos()).cancelWorkflow(id);
  }

  async takeOver(executor: string, mayGoOn: () => Promise<void>): Promise<number> {
    const dbos = await this.#dbos();
    const left = await dbos.listWorkflows({ executorId: executor, status: "PENDING", loadInput: false });
    for (const { workflowID } of left) {
      await mayGoOn();
      await dbos.resumeWorkflow(workflowID);
    }
    return left.length;
  }

  async goOnWithLost(): Promise<number> {
    const part = this.#part;
    if (part === undefined || !this.#isLaunched) return 0;
    const dbos = await this.#dbos();
    const pending = await dbos.listWorkflows({
      executorId: part.executor,
      status: "PENDING",
      loadInput: false,
    });
    const lost = part.lostAmong(pending.map(({ workflowID }) => workflowID));
    for (const id of lost) {
      await part.mayGoOn();
      await dbos.resumeWorkflow(id);
    }
    return lost.length;
  }

  async removeEnded(before: Date): Promise<void> {
    const dbos = await this.#dbos();
    for (;;) {
      const ended = await dbos.listWorkflows({
        status: ["SUCCESS", "ERROR", "CANCELLED"],
        completedBefore: before.toISOString(),
        limit: FORGOTTEN_AT_ONCE,
        loadInput: false,
        loadOutput: false,
      });
      await dbos.deleteWorkflows(ended.map(({ workflowID }) => workflowID));
      if (ended.length < FORGOTTEN_AT_ONCE) return;
    }
  }

  async halt(graceMs: number): Promise<void> {
    const part = this.#part;
    if (part === undefined) return;
    this.#isLaunched = false;
    await part.settle(graceMs);
    this.#part = undefined;
    part.abort();
    await (await this.#dbos()).shutdown();
  }

  /** Loading it takes a third of a second, which a start has better use for. */
  #dbos(): Promise<Dbos> {
    this.#loaded ??= import("@dbos-inc/dbos-sdk").then(({ DBOS: dbos }) => {
      for (const [kind, handler] of this.#handlers)
        this.#workflows.set(kind, dbos.registerWorkflow(this.#workflow(dbos, handler), { name: kind }));
      return dbos;
    });
    return this.#loaded;
  }

  #workflow(dbos: Dbos, handler: DurableHandler): Workflow {
    return async (input) => {
      const part = this.#part;
      const id = dbos.workflowID;
      if (part === undefined || id === undefined) return await never();
      await part.run(id, () => handler(input, new Run(id, part)));
    };
  }
}

/** A run as its handler sees it. */
class Run implements DurableRun {
  readonly id: string;
  readonly #part: Part;
  #step: string | undefined;

  constructor(id: string, part: Part) {
    this.id = id;
    this.#part = part;
  }

  /** Throws at a step beside another one: after a crash nobody could tell whose answer is whose. */
  async step<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#step !== undefined)
      throw new Error(
        `The step "${name}" began while "${this.#step}" was under way: what is done side by side is a run of its own.`,
      );
    this.#step = name;
    try {
      return await this.#part.step(name, work);
    } finally {
      this.#step = undefined;
    }
  }
}

/** Taking part once, from a launch to its halt. */
class Part {
  readonly executor: string;
  readonly mayGoOn: () => Promise<void>;
  readonly #dbos: Dbos;
  readonly #halted = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #runs = new Set<string>();
  /** Of the runs that were said to be this part's, those that it did not do when they were last looked at. */
  #idle: ReadonlySet<string> = new Set();

  constructor(dbos: Dbos, executor: string, mayGoOn: () => Promise<void>) {
    this.#dbos = dbos;
    this.executor = executor;
    this.mayGoOn = mayGoOn;
  }

  async run(id: string, work: () => Promise<void>): Promise<void> {
    this.#runs.add(id);
    try {
      await work();
    } finally {
      this.#runs.delete(id);
    }
  }

  /** Of the runs that are said to be this part's, those that it has not done for two looks: one may be about to begin, or has just ended. */
  lostAmong(ids: readonly string[]): string[] {
    const idle = ids.filter((id) => !this.#runs.has(id));
    const lost = idle.filter((id) => this.#idle.has(id));
    this.#idle = new Set(idle);
    return lost;
  }

  /** The answer that was written down, or that of the work, which is done now. */
  async step<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const attempt = async (): Promise<T> => {
      const cancelled = this.#dbos.stepStatus?.cancelSignal;
      const { signal: halted } = this.#halted;
      try {
        // Whoever may not go on has lost the run, and does not say how it ends.
        await this.mayGoOn().catch(never);
        return await work(cancelled === undefined ? halted : AbortSignal.any([halted, cancelled]));
      } finally {
        // Whoever goes on with it says how it ends.
        if (halted.aborted) await never();
      }
    };
    const done = this.#dbos.runStep(attempt, { name });
    this.#underWay.add(done);
    try {
      return await done;
    } finally {
      this.#underWay.delete(done);
    }
  }

  /** Comes back when the steps under way have ended, after `graceMs` at the latest. */
  async settle(graceMs: number): Promise<void> {
    const all = Promise.allSettled(this.#underWay);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([all, late]);
    clearTimeout(timer);
  }

  /** Ends what is under way still. */
  abort(): void {
    this.#halted.abort(new DOMException("This node does not go on with the run.", "AbortError"));
  }
}

const never = (): Promise<never> => new Promise(() => undefined);

/** What DBOS tells of its own doings is of no interest to an operator. */
const loggerTo = (log: DomainLog): NonNullable<DBOSConfig["logger"]> => ({
  debug: () => undefined,
  info: () => undefined,
  warn: (entry) => log.warn({ of: "durable work" }, String(entry)),
  error: (entry, about) => log.error({ of: "durable work", err: about?.error }, String(entry)),
});
