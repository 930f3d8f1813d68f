import type { ErrorCode } from "@patchbay/protocol";

/** What the host tells the converter process. */
export type ToConverter =
  | { readonly type: "convert"; readonly main: string; readonly builtins: readonly string[] }
  | {
      readonly type: "check-ui";
      readonly path: string;
      readonly content: string;
      readonly modules: readonly string[];
    }
  /** The answer to `read`; null when the package has no such file. */
  | { readonly type: "file"; readonly path: string; readonly content: Uint8Array | null };

/** What the converter process tells the host. */
export type FromConverter =
  | { readonly type: "read"; readonly path: string }
  | { readonly type: "done"; readonly script: string }
  | { readonly type: "refused"; readonly code: ErrorCode; readonly message: string };
