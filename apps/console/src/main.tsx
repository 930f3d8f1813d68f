import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/console.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Console } from "./app/console.tsx";
import { nameMissingParts } from "./app/missing-parts.ts";
import { startMessages } from "./messages/i18n.ts";
import { applyDensity } from "./theme/density.ts";

nameMissingParts();
const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");
applyDensity();
await startMessages();
createRoot(root).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
