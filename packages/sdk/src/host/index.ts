/** For what runs plugins, the sandbox and the frame: the `api` as calls of the host. Plugins have no use for it. */
export {
  type AskHost,
  chatApi,
  dataApi,
  type HostReply,
  memoryApi,
  metricsApi,
  nothing,
  storageApi,
  toolsApi,
  value,
  workflowsApi,
} from "./domains.ts";
