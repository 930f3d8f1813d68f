import { Button, Stack } from "@mantine/core";
import type { ToolDto } from "@patchbay/protocol";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { callsQuery } from "../../api/call-queries.ts";
import { useOrganization } from "../../session/organization.ts";
import { CallDialog } from "../calls/call-dialog.tsx";
import { CallList } from "../calls/call-list.tsx";
import { IconChevronDown, IconChevronRight } from "../icons.tsx";
import type { ToolCallState } from "./use-tool-call.ts";

/** A call is written into the log so long after its end, together with others, and then read again. */
const LOGGED_MS = 600;

interface PastRunsProps {
  readonly tool: ToolDto;
  readonly phase: ToolCallState["phase"];
}

/** Calls of the tool that the person may read in the log, once they want to see them. */
export const PastRuns = ({ tool: { plugin, tool: name }, phase }: PastRunsProps) => {
  const { t } = useTranslation("tools");
  const { org } = useOrganization();
  const queries = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const [call, setCall] = useState<string | null>(null);
  useEffect(() => {
    if (phase === "idle" || phase === "running") return;
    const timer = setTimeout(
      () => void queries.invalidateQueries({ queryKey: [org, "calls", "list"] }),
      LOGGED_MS,
    );
    return () => clearTimeout(timer);
  }, [phase, org, queries]);
  return (
    <Stack gap="xs">
      <Button
        variant="subtle"
        size="compact-sm"
        w="fit-content"
        aria-expanded={isOpen}
        leftSection={
          isOpen ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />
        }
        onClick={() => setIsOpen(!isOpen)}
      >
        {t("pastRuns")}
      </Button>
      {isOpen && (
        <CallList query={callsQuery(org, { plugin, name, kind: "tools" })} onOpen={({ id }) => setCall(id)} />
      )}
      {call !== null && <CallDialog id={call} onOpen={setCall} onClose={() => setCall(null)} />}
    </Stack>
  );
};
