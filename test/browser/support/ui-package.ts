import { VIEW_PLACES, type ViewPlace } from "@patchbay/protocol";
import { makePackage } from "../../support/packages.ts";

export interface UiPluginSource {
  readonly id: string;
  readonly version?: string;
  /** The user-interface bundle, an ES module without JSX. */
  readonly ui: string;
  /** Server code, for plugins that have some. */
  readonly code?: string;
  readonly tools?: readonly string[];
  readonly views?: readonly { readonly name: string; readonly place: ViewPlace }[];
  readonly permissions?: readonly unknown[];
  readonly manifest?: Record<string, unknown>;
}

/** A package with a user interface, as the bytes of a zip. Views are a page `main` unless told. */
export const makeUiPackage = async (source: UiPluginSource): Promise<Uint8Array> => {
  const views = source.views ?? [{ name: "main", place: "page" }];
  const places = VIEW_PLACES.filter((place) => views.some((view) => view.place === place));
  return await makePackage({
    id: source.id,
    ...(source.version !== undefined && { version: source.version }),
    code: source.code ?? "export default {};",
    files: { "ui.js": source.ui },
    manifest: {
      ui: "ui.js",
      permissions: { required: [...places.map((place) => `ui.${place}`), ...(source.permissions ?? [])] },
      contributes: {
        tools: (source.tools ?? []).map((name) => ({ name, description: `The tool ${name}.` })),
        views: views.map((view) => ({ ...view, title: `The view ${view.name}` })),
      },
      ...source.manifest,
    },
  });
};
