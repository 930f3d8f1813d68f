import { PatchbayError } from "@patchbay/protocol";
import type { HostMethodHandlers } from "./permission-gate.ts";

/** `ui`: what is allowed here, the console that holds the view then does. */
export const uiDomain = (): HostMethodHandlers => ({
  "ui.showNotification": async ({ fromView }) => {
    if (fromView === true) return { value: null };
    throw new PatchbayError(
      "not_available",
      "ui.showNotification is for views: server code is looked at by nobody in this version of Patchbay.",
    );
  },
});
