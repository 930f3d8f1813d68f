import { PermissionDeniedError, useApi } from "@patchbay/sdk/ui";
import { useEffect, useState } from "react";
import { COMPANION, type Persona, personasIn } from "./personas.ts";

const KEY = "personas";

export interface Personas {
  readonly all: readonly Persona[];
  /** Whether they can be kept: without `storage.scoped` there is the one that comes with the plugin. */
  readonly areKept: boolean;
  /** Throws what keeping them throws; they are as they were then. */
  keep(all: readonly Persona[]): Promise<void>;
}

/** The personas of all who use the plugin here. */
export const usePersonas = (): Personas => {
  const { storage, log } = useApi();
  const [all, setAll] = useState<readonly Persona[]>([COMPANION]);
  const [areKept, setAreKept] = useState(false);
  useEffect(() => {
    storage.get(KEY).then(
      (kept) => {
        setAll(personasIn(kept));
        setAreKept(true);
      },
      (error: unknown) => {
        if (!(error instanceof PermissionDeniedError)) log.warn(`The personas were not read: ${error}`);
      },
    );
  }, [storage, log]);
  const keep = async (next: readonly Persona[]) => {
    const kept = personasIn(next);
    await storage.set(KEY, kept);
    setAll(kept);
  };
  return { all, areKept, keep };
};
