import type { DomainLog, InvocationGateway } from "@patchbay/core";
import { type ModelInfo, PatchbayError } from "@patchbay/protocol";
import { LIST_AGE_MS, LIST_DEADLINE_MS, MAX_HELD_LISTS, SILENCE_MS } from "../limits.ts";
import { askProvider, type ModelCaller, type Provider, pathTo } from "./ask-provider.ts";
import { readModels } from "./provider-answers.ts";
import { isFaultOfProvider } from "./provider-failures.ts";
import { Recent } from "./recent.ts";

/** The models that providers tell, held for a while; one that could not tell is left in peace for a moment. */
export class ModelLists {
  readonly #gateway: Pick<InvocationGateway, "call">;
  readonly #log: Pick<DomainLog, "warn">;
  /** By installation, revision, provider and project. */
  readonly #lists = new Recent<readonly ModelInfo[]>({ ageMs: LIST_AGE_MS, most: MAX_HELD_LISTS });
  /** What providers failed to tell their models with, by the same. */
  readonly #silent = new Recent<PatchbayError>({ ageMs: SILENCE_MS, most: MAX_HELD_LISTS });
  readonly #asking = new Map<string, Promise<readonly ModelInfo[]>>();

  constructor(gateway: Pick<InvocationGateway, "call">, log: Pick<DomainLog, "warn">) {
    this.#gateway = gateway;
    this.#log = log;
  }

  /** Throws `unavailable` when the provider does not tell in time, `call_loop`, and what it fails with. */
  async of(caller: ModelCaller, provider: Provider): Promise<readonly ModelInfo[]> {
    const { installationId, revision, entry, projects } = provider;
    // One that waits for the caller's own question could never tell.
    pathTo(caller, provider);
    // A plugin of certain projects is asked on behalf of one of them.
    const project = caller.project ?? projects?.[0];
    const key = `${installationId} ${revision} ${entry.name} ${project ?? ""}`;
    const held = this.#lists.get(key);
    if (held !== undefined) return held;
    const silence = this.#silent.get(key);
    if (silence !== undefined) throw silence;
    const asking = this.#asking.get(key) ?? this.#ask({ ...caller, project }, provider, key);
    return await asking;
  }

  /** Whoever asks meanwhile waits for the same answer, which does not end with the first to leave. */
  #ask(caller: ModelCaller, provider: Provider, key: string): Promise<readonly ModelInfo[]> {
    const signal = AbortSignal.timeout(LIST_DEADLINE_MS);
    const asking = askProvider(this.#gateway, { ...caller, signal }, provider, { ask: "list" })
      .then((answer) => this.#lists.set(key, readModels(answer)))
      .catch((error: unknown) => {
        const failure = signal.aborted ? tooSlow(provider) : asPatchbayError(error);
        // What keeps one caller from asking is not held against others.
        if (signal.aborted || isFaultOfProvider(failure)) {
          this.#silent.set(key, failure);
          const { plugin, entry } = provider;
          this.#log.warn(
            { plugin, provider: entry.name, err: failure },
            "a provider did not tell its models",
          );
        }
        throw failure;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  /** Everything of an installation is asked anew. */
  forget(installationId: string): void {
    this.#lists.forget(`${installationId} `);
    this.#silent.forget(`${installationId} `);
  }
}

const tooSlow = ({ plugin, entry }: Provider): PatchbayError =>
  new PatchbayError(
    "unavailable",
    `"${plugin}" did not tell the models of "${entry.name}" within ${LIST_DEADLINE_MS / 1000} seconds.`,
    { facts: { retryAfterSeconds: SILENCE_MS / 1000 } },
  );

const asPatchbayError = (error: unknown): PatchbayError =>
  error instanceof PatchbayError
    ? error
    : new PatchbayError("internal", "The model provider could not be asked.", { cause: error });
