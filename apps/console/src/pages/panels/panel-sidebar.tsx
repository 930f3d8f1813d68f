import { Accordion, ScrollArea } from "@mantine/core";
import type { ViewDto } from "@patchbay/protocol";
import { useState } from "react";
import { Panel } from "./panel.tsx";
import { viewKey } from "./use-views.ts";

/** Whoever wants more than this has a page. */
const MAX_HEIGHT_PX = 480;

/** The sidebar's panels, one below the other. Only those that are unfolded run. */
export const PanelSidebar = ({ views }: { views: readonly ViewDto[] }) => {
  const [open, setOpen] = useState<string[]>(() => views.slice(0, 1).map(viewKey));
  return (
    <ScrollArea h="100%">
      <Accordion multiple value={open} onChange={setOpen} styles={{ content: { padding: 8 } }}>
        {views.map((view) => (
          <Accordion.Item key={viewKey(view)} value={viewKey(view)}>
            <Accordion.Control>{view.title}</Accordion.Control>
            <Accordion.Panel>
              {open.includes(viewKey(view)) && <Panel view={view} maxHeight={MAX_HEIGHT_PX} />}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </ScrollArea>
  );
};
