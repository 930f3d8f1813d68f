import type { ProxySettings } from "@patchbay/egress";
import { ConfigurationError } from "./configuration-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxies of the environment, by the variables that other programs read as well: in capitals or not, and not those in capitals
 * where both are given. Throws `ConfigurationError`.
 */
export const readProxies = (environment: Environment): ProxySettings => ({
  http: readProxy(environment, "HTTP_PROXY"),
  https: readProxy(environment, "HTTPS_PROXY"),
  except: (settingOf(environment, "NO_PROXY") ?? "").split(/[\s,]+/).filter((entry) => entry !== ""),
});

const readProxy = (environment: Environment, name: string): URL | null => {
  const text = settingOf(environment, name);
  if (!text) return null;
  const url = URL.parse(/^[a-z0-9+.-]+:\/\//i.test(text) ? text : `http://${text}`);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (url !== null && isWeb && url.hostname !== "") return url;
  throw new ConfigurationError(name, "is not the address of an HTTP proxy", "http://proxy.example.org:3128");
};

const settingOf = (environment: Environment, name: string): string | undefined =>
  environment[name.toLowerCase()] || environment[name];
