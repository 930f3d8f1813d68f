import { type ChatModel, useApi } from "@patchbay/sdk/ui";
import { useEffect, useState } from "react";

export interface Models {
  readonly all: readonly ChatModel[];
  /** The one that answers where none is named; null when there is none. */
  readonly active: ChatModel | null;
}

/** The chat models that can be asked here; undefined until they are known. A failed reading is thrown into the nearest error boundary. */
export const useModels = (): Models | undefined => {
  const { chat } = useApi();
  const [read, setRead] = useState<{ readonly models?: Models; readonly error?: unknown }>({});
  useEffect(() => {
    let isCurrent = true;
    Promise.all([chat.listModels(), chat.getActiveModel()]).then(
      ([all, active]) => isCurrent && setRead({ models: { all, active } }),
      (error: unknown) => isCurrent && setRead({ error }),
    );
    return () => {
      isCurrent = false;
    };
  }, [chat]);
  if (read.error !== undefined) throw read.error;
  return read.models;
};
