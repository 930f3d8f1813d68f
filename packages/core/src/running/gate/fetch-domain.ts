import {
  bindHostName,
  boundHost,
  type Grant,
  hostMatches,
  PatchbayError,
  secretHostMatches,
  settingOfHost,
} from "@patchbay/protocol";
import type { PlacedSecret } from "../../plugins/settings/effective-settings.ts";
import type { JsonObject } from "../../plugins/settings/json-merge.ts";
import { PLACEHOLDER_PATTERN } from "../../plugins/settings/placeholders.ts";
import type { PluginSettings } from "../../plugins/settings/plugin-settings.ts";
import type { Egress, SecretResolver } from "../../ports/egress.ts";
import { workedOutOnce } from "../../worked-out-once.ts";
import type { HostHandlers, PermittedCall } from "./domain.ts";

/**
 * `fetch`: other servers, as far as the grant's hosts and methods reach, with the installation's secrets put in by the host. `localModels`:
 * whether those on this machine are among them that an administrator of the deployment has let the installation reach.
 */
export const fetchDomain = (
  egress: Egress,
  settings: PluginSettings,
  localModels: boolean,
): HostHandlers<"fetch"> => ({
  fetch: async (call) => {
    const { hasBody, ...params } = call.params;
    const secrets = await settings.placedSecrets(
      call.spec.installationId,
      call.manifest,
      call.project ?? null,
    );
    const { allowance, callGivenUp } = call;
    // Whatever the plugin does: nobody waits for what it would make of the answer.
    const signal = callGivenUp === undefined ? call.signal : AbortSignal.any([call.signal, callGivenUp]);
    const request = {
      ...params,
      body: hasBody ? call.attachment : null,
      signal,
      ...(allowance && { allowance }),
    };
    const hosts = await grantedHosts(call, settings);
    const local = localModels ? await localOrigins(call, settings) : [];
    const { head, body } = await egress.fetch(request, {
      owner: call.spec.installationId,
      check: (host, method) => requireGranted(hosts, call.grant?.methods, host, method),
      secrets: resolverOf(call, settings, secrets),
      local,
    });
    return { value: head, body };
  },
});

/** The hosts of the grant, with those that settings say as they are for the call's project. */
const grantedHosts = async (
  { spec, grant, manifest, project }: PermittedCall,
  settings: PluginSettings,
): Promise<readonly string[]> => {
  const hosts = grant?.hosts ?? [];
  if (hosts.every((host) => settingOfHost(host) === null)) return hosts;
  const { values } = await settings.effective(spec.installationId, manifest, project ?? null);
  return hostsBoundBy(hosts, values);
};

const hostsBoundBy = workedOutOnce((hosts: readonly string[], values: JsonObject) =>
  hosts.map((host) => bindHostName(host, values)).filter((host) => host !== null),
);

/** Only for server code that came with Patchbay: a stranger's plugin has no business on this machine, whatever its settings say. */
const localOrigins = async (
  { spec, manifest, project, isBuiltin, by }: PermittedCall,
  settings: PluginSettings,
): Promise<readonly string[]> =>
  isBuiltin && by.caller.onBehalfOf === null
    ? await settings.localOrigins(spec.installationId, manifest, project ?? null)
    : [];

const requireGranted = (
  hosts: readonly string[],
  methods: Grant["methods"],
  host: string,
  method: string,
): void => {
  if (!hosts.some((pattern) => hostMatches(pattern, host))) {
    throw new PatchbayError("permission_denied", `net.fetch was not granted for the host ${host}.`, {
      facts: { permission: "net.fetch", host },
    });
  }
  if (methods !== undefined && !methods.includes(method)) {
    throw new PatchbayError("permission_denied", `net.fetch was not granted for the method ${method}.`, {
      facts: { permission: "net.fetch", method },
    });
  }
};

const namesOf = (hosts: readonly string[]): string => hosts.map(boundHost).join(", ") || "no host";

const resolverOf = (
  call: PermittedCall,
  settings: PluginSettings,
  secrets: readonly PlacedSecret[],
): SecretResolver => ({
  pattern: PLACEHOLDER_PATTERN,
  reveal: (placeholder, place) => {
    if (call.by.caller.onBehalfOf !== null && call.grant?.views !== "secrets")
      throw new PatchbayError(
        "secret_refused",
        `Secrets are not put into requests of the views of "${call.manifest.id}". ` +
          'Send the request in server code, or ask for net.fetch with "views": "secrets" in plugin.json.',
      );
    const secret = secrets.find((one) => one.placeholder === placeholder);
    if (secret === undefined) {
      throw new PatchbayError(
        "secret_refused",
        "The request holds the placeholder of a secret that is not in force here. Read the settings anew for each call.",
      );
    }
    if (!secret.hosts.some((pattern) => secretHostMatches(pattern, place))) {
      const { protocol, host, port } = place;
      throw new PatchbayError(
        "secret_refused",
        `The secret ${secret.pointer} is for ${namesOf(secret.hosts)}, not for ${protocol}//${host}:${port}. ` +
          "A host alone means https on port 443; the plugin's author names others in plugin.json.",
      );
    }
    if (!secret.givenFor.some((pattern) => secretHostMatches(pattern, place)))
      throw new PatchbayError(
        "secret_refused",
        `The secret ${secret.pointer} was given for ${namesOf(secret.givenFor)}, not for ${place.host}, ` +
          "which only other settings or a later version name. Set it again, or agree to the host when the plugin is updated.",
      );
    return settings.reveal(call.spec.installationId, secret);
  },
});
