import { PermissionDeniedError, useApi } from "@patchbay/sdk/ui";
import { useEffect, useRef, useState } from "react";

/** What is written, and in which language: null is to be guessed. */
export interface Draft {
  readonly text: string;
  readonly language: string | null;
}

const KEY = "draft";
/** Somebody who types does not wait for each letter to be kept. */
const SAVE_AFTER_MS = 800;

/** The draft, kept between visits where `storage.scoped` is granted; without it, for this visit. */
export const useDraft = (first: Draft): [Draft, (draft: Draft) => void] => {
  const { storage, log } = useApi();
  const [draft, setDraft] = useState(first);
  const isTouched = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    storage.get<Draft>(KEY).then(
      (kept) => {
        if (kept && !isTouched.current) setDraft(kept);
      },
      (error: unknown) => {
        if (!(error instanceof PermissionDeniedError)) log.warn(`The draft was not read: ${error}`);
      },
    );
    return () => clearTimeout(timer.current);
  }, [storage, log]);
  const change = (next: Draft) => {
    isTouched.current = true;
    setDraft(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      storage.set(KEY, next).catch((error: unknown) => {
        if (!(error instanceof PermissionDeniedError)) log.warn(`The draft was not kept: ${error}`);
      });
    }, SAVE_AFTER_MS);
  };
  return [draft, change];
};
