import type { HostMessage } from "@patchbay/protocol";

type Values = Readonly<Record<string, unknown>>;

/** Sends an instance the settings of each project before the first call that needs them, and again when they change. */
export class ProjectSettings {
  readonly #send: (message: HostMessage) => void;
  readonly #load: (project: string | undefined) => Promise<Values>;
  /** Projects whose settings the guest has, or that are being fetched. */
  readonly #known = new Map<string, "sent" | Promise<void>>();

  constructor(send: (message: HostMessage) => void, load: (project: string | undefined) => Promise<Values>) {
    this.#send = send;
    this.#load = load;
  }

  /** Undefined when the guest has them, else a promise of it that rejects with what loading them throws. */
  ensure(project: string): Promise<void> | undefined {
    const known = this.#known.get(project);
    if (known === "sent") return undefined;
    return known ?? this.#fetch(project);
  }

  /** Fetches those of all projects in use anew; calls wait for them. */
  changed(): void {
    for (const project of [...this.#known.keys()]) {
      // The next call tries again, and is the one to tell of the failure.
      this.#fetch(project).catch(() => undefined);
    }
  }

  #fetch(project: string): Promise<void> {
    const fetching = this.#load(project === "" ? undefined : project).then(
      (values) => {
        // A change in the meantime started another fetch, whose values are newer.
        if (this.#known.get(project) !== fetching) return;
        this.#send({ t: "settings", project, values });
        this.#known.set(project, "sent");
      },
      (error: unknown) => {
        if (this.#known.get(project) === fetching) this.#known.delete(project);
        throw error;
      },
    );
    this.#known.set(project, fetching);
    return fetching;
  }
}
