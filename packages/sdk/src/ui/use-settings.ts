import { useEffect, useState } from "react";
import type { SettingsValues } from "../api/settings.ts";
import { useApi } from "./context.ts";

/**
 * The effective settings of the project that is looked at, read again whenever they change; undefined until they are
 * there. Secrets read as placeholders. A failed reading is thrown into the nearest error boundary.
 */
export const useSettings = <T extends SettingsValues = SettingsValues>(): T | undefined => {
  const { settings } = useApi();
  const [read, setRead] = useState<{ readonly values?: T; readonly error?: unknown }>({});
  useEffect(() => {
    let isCurrent = true;
    const show = (values: SettingsValues) => {
      if (isCurrent) setRead({ values: values as T });
    };
    const stop = settings.onChange(show);
    settings.getAll().then(show, (error: unknown) => {
      if (isCurrent) setRead({ error });
    });
    return () => {
      isCurrent = false;
      stop();
    };
  }, [settings]);
  if (read.error !== undefined) throw read.error;
  return read.values;
};
