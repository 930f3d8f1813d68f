import { Box } from "@mantine/core";
import type { ViewDto } from "@patchbay/protocol";
import { Panel } from "./panel.tsx";
import { useViews, viewKey } from "./use-views.ts";

const SIZES = { toolbar: { width: 160, height: 36 }, statusbar: { width: 200, height: 26 } } as const;
/** Each costs a process of the browser. */
const MAX_PANELS = 3;

/** The small panels of the toolbar or the status bar, each in a box that it cannot leave. */
export const PanelStrip = ({ place }: { place: ViewDto["place"] & keyof typeof SIZES }) => {
  const { width, height } = SIZES[place];
  return useViews(place)
    .slice(0, MAX_PANELS)
    .map((view) => (
      <Box
        key={viewKey(view)}
        component="section"
        aria-label={view.title}
        w={width}
        h={height}
        visibleFrom="md"
        style={{ overflow: "hidden", flexShrink: 0 }}
      >
        <Panel view={view} height={`${height}px`} />
      </Box>
    ));
};
