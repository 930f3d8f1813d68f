import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/console.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyDensity } from "./app/appearance/density.ts";
import { Console } from "./app/console.tsx";
import { reloadAfterUpdate } from "./app/reload-after-update.ts";
import { startMessages } from "./messages/i18n.ts";

reloadAfterUpdate();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");
// The lock of the page's scrolling behind dialogs adds a style, which the page's policy lets in by this mark.
Object.assign(globalThis, {
  __webpack_nonce__: document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content,
});
applyDensity();
await startMessages();
createRoot(root).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
