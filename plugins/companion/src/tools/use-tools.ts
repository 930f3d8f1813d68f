import { type InvocableTool, PermissionDeniedError, useApi } from "@patchbay/sdk/ui";
import { useEffect, useState } from "react";

/** The tools that a model may be given. */
export interface Tools {
  /** Those that the person can use here; undefined until they are known, and where the plugin was not granted them. */
  readonly all: readonly InvocableTool[] | undefined;
  /** Those that the person has chosen. */
  readonly chosen: readonly InvocableTool[];
  choose(id: string, isChosen: boolean): void;
}

/** The choice lasts until the page is left: what a model may do is decided anew each time. */
export const useTools = (): Tools => {
  const { tools, log } = useApi();
  const [all, setAll] = useState<readonly InvocableTool[]>();
  const [ids, setIds] = useState<readonly string[]>([]);
  useEffect(() => {
    tools.list().then(setAll, (error: unknown) => {
      if (!(error instanceof PermissionDeniedError)) log.warn(`The tools were not read: ${error}`);
    });
  }, [tools, log]);
  return {
    all,
    chosen: all?.filter(({ id }) => ids.includes(id)) ?? [],
    choose: (id, isChosen) =>
      setIds((before) => [...before.filter((one) => one !== id), ...(isChosen ? [id] : [])]),
  };
};
