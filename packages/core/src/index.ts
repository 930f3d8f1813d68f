export type {
  HostAnswer,
  HostCall,
  InstanceReport,
  PluginAnswer,
  PluginCall,
  PluginLogLine,
  PluginRuntime,
  PluginSpec,
  RuntimeHost,
} from "./ports/plugin-runtime.ts";
