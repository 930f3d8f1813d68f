import { getRouteApi } from "@tanstack/react-router";
import { callsQuery } from "../../api/call-queries.ts";
import { CallDialog } from "../../components/calls/call-dialog.tsx";
import { CallList } from "../../components/calls/call-list.tsx";
import { useOrganization } from "../../session/organization.ts";
import { usePlugin } from "./use-plugin.ts";

const route = getRouteApi("/o/$org/plugins/$plugin/calls");

/** Calls into the plugin, as far as the person may read them. */
export const CallsTab = () => {
  const { org } = useOrganization();
  const { plugin } = usePlugin();
  const { call } = route.useSearch();
  const navigate = route.useNavigate();
  const open = (id: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, call: id }), resetScroll: false });
  return (
    <>
      <CallList query={callsQuery(org, { plugin })} onOpen={({ id }) => open(id)} />
      {call !== undefined && <CallDialog id={call} onOpen={open} onClose={() => open(undefined)} />}
    </>
  );
};
