/** Panels of plugins, and what surrounds them. */
export const panels = {
  failed: "{{name}} cannot be shown",
  from: "A page of {{name}} {{version}}",
  gone: {
    title: "This page is not there",
    text: "Its plugin is disabled, does not apply to this project, or may not show pages any more.",
  },
  overlays: "Open a plugin’s overlay",
  closeOverlay: "Close {{title}}",
  openSidebar: "Show the panels of plugins",
  closeSidebar: "Hide the panels of plugins",
  sidebar: "Panels of plugins",
} as const;
