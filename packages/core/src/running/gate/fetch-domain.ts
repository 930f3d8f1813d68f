import { type Grant, hostMatches, PatchbayError, secretHostMatches } from "@patchbay/protocol";
import {
  PLACEHOLDER_PATTERN,
  type PlacedSecret,
  type PluginSettings,
} from "../../plugins/settings/plugin-settings.ts";
import type { Egress, SecretResolver } from "../../ports/egress.ts";
import type { HostHandlers, PermittedCall } from "./domain.ts";

/** `fetch`: other servers, as far as the grant's hosts and methods reach, with the installation's secrets put in by the host. */
export const fetchDomain = (egress: Egress, settings: PluginSettings): HostHandlers<"fetch"> => ({
  fetch: async (call) => {
    const { hasBody, ...params } = call.params;
    const secrets = await settings.placedSecrets(
      call.spec.installationId,
      call.manifest,
      call.project ?? null,
    );
    const request = { ...params, body: hasBody ? call.attachment : null, signal: call.signal };
    const { head, body } = await egress.fetch(request, {
      owner: call.spec.installationId,
      check: (host, method) => requireGranted(call.grant, host, method),
      secrets: resolverOf(call, settings, secrets),
    });
    return { value: head, body };
  },
});

const requireGranted = (grant: Grant | null, host: string, method: string): void => {
  if (!grant?.hosts?.some((pattern) => hostMatches(pattern, host))) {
    throw new PatchbayError("permission_denied", `net.fetch was not granted for the host ${host}.`, {
      facts: { permission: "net.fetch", host },
    });
  }
  if (grant.methods !== undefined && !grant.methods.includes(method)) {
    throw new PatchbayError("permission_denied", `net.fetch was not granted for the method ${method}.`, {
      facts: { permission: "net.fetch", method },
    });
  }
};

const resolverOf = (
  call: PermittedCall,
  settings: PluginSettings,
  secrets: readonly PlacedSecret[],
): SecretResolver => ({
  pattern: PLACEHOLDER_PATTERN,
  reveal: (placeholder, place) => {
    if (call.view !== undefined && call.grant?.views !== "secrets")
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
        `The secret ${secret.pointer} is for ${secret.hosts.join(", ")}, not for ${protocol}//${host}:${port}. ` +
          "A host alone means https on port 443; the plugin's author names others in plugin.json.",
      );
    }
    if (!secret.givenFor.some((pattern) => secretHostMatches(pattern, place)))
      throw new PatchbayError(
        "secret_refused",
        `The secret ${secret.pointer} was given for ${secret.givenFor.join(", ") || "no host"}, not for ${place.host}, ` +
          "which only a later version names. Set it again, or agree to the host when the plugin is updated.",
      );
    return settings.reveal(call.spec.installationId, secret);
  },
});
