import { consoleRoutes } from "../http/routes/console.ts";
import type { Module } from "./module.ts";

/** The page with which people use the server. */
export const openConsole = (): Module => ({ routes: (app, { site }) => consoleRoutes(app, site) });
