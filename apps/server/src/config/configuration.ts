import { isIP } from "node:net";
import { isAbsolute, resolve } from "node:path";
import { SANDBOX_MODES, type SandboxMode } from "@patchbay/core";
import { isLoopbackHost, type ProxySettings } from "@patchbay/egress";
import type { Patience } from "@patchbay/models";
import { MIN_SCHEDULE_EVERY_MS } from "@patchbay/protocol";
import { ConfigurationError } from "./configuration-error.ts";
import { readPatience } from "./model-configuration.ts";
import { readProxies } from "./proxy-configuration.ts";
import { readS3, type S3Configuration } from "./s3-configuration.ts";
import { readSources, type SourceConfiguration } from "./source-configuration.ts";
import { readTrustedRoot } from "./trusted-root.ts";

export interface Configuration {
  readonly host: string;
  readonly port: number;
  /** What this server is: everything, or a registry for other servers alone. */
  readonly role: "all" | "registry";
  /** null: from host and the port that it really listens on. */
  readonly publicUrl: URL | null;
  readonly dataDir: string;
  /** null: the embedded server. */
  readonly databaseUrl: string | null;
  /** null: artifacts are kept in the data folder. */
  readonly s3: S3Configuration | null;
  /** null: generated into the data folder. */
  readonly secretKeys: readonly Buffer[] | null;
  /** Root of trust for statements of builds, as JSON; null: that of Sigstore's public instance. */
  readonly sigstoreRoot: string | null;
  readonly admin: { readonly email: string; readonly password: string } | null;
  readonly bootstrapApiKey: string | null;
  /** null: people sign in with passwords only. */
  readonly openId: OpenIdSettings | null;
  /** Where packages come from. */
  readonly sources: SourceConfiguration;
  /** Hosts or CIDRs that plugins may reach although private. */
  readonly egressAllowPrivate: readonly string[];
  /** Through which proxies requests go. */
  readonly proxies: ProxySettings;
  /** Addresses and ranges of reverse proxies whose `X-Forwarded-*` is believed. */
  readonly trustedProxies: readonly string[];
  /** Requests of one network each second that do not say who asks; null for no bound. */
  readonly strangersPerSecond: number | null;
  /** Bytes of all files of a call of a tool, and of its answer. */
  readonly maxFileBytes: number;
  /** How the operating system holds sandboxes; undefined: the most that works here. */
  readonly sandbox: SandboxMode | undefined;
  /** The shortest span between two runs of a schedule, in milliseconds. */
  readonly minScheduleEveryMs: number;
  /** Whether model servers on this machine are looked for and may be used. */
  readonly localModels: boolean;
  /** How long servers of models are waited for. */
  readonly modelPatience: Patience;
  readonly logLevel: string;
}

/** A provider of OpenID Connect with which people may sign in. */
export interface OpenIdSettings {
  readonly issuer: URL;
  readonly clientId: string;
  /** null: a public client, which proves itself by PKCE alone. */
  readonly clientSecret: string | null;
  /** What people call the provider. */
  readonly name: string;
  /** Domains whose people get an account when they first come; in lower case. */
  readonly allowedDomains: readonly string[];
  /** Whether its addresses count as verified when it does not say whether they are. */
  readonly trustEmail: boolean;
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/;
const SECRET_KEY_BYTES = 32;
/** Pages of a whole company behind one address, and servers that look for updates; next to nothing for the server. */
const DEFAULT_STRANGERS_PER_SECOND = 500;
/** Documents, pictures and recordings; a line of 10 Mbit/s takes a minute and a half for it. */
const DEFAULT_MAX_FILE_MIB = 100;
const MIN_BOOTSTRAP_KEY_CHARACTERS = 16;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment. Throws `ConfigurationError`, which names the variable, the fault and an example. */
export const readConfiguration = (environment: Environment, workingFolder: string): Configuration => {
  const databaseUrl = readDatabaseUrl(environment.PATCHBAY_DATABASE_URL);
  const secretKeys = readSecretKeys(environment.PATCHBAY_SECRET_KEY);
  if (databaseUrl !== null && secretKeys === null) {
    throw new ConfigurationError(
      "PATCHBAY_SECRET_KEY",
      "is required with PATCHBAY_DATABASE_URL: every node must hold the same key",
      "$(openssl rand -base64 32)",
    );
  }
  const dataDir = environment.PATCHBAY_DATA_DIR || "data";
  return {
    host: environment.PATCHBAY_HOST || "127.0.0.1",
    port: readPort(environment.PATCHBAY_PORT),
    role: readRole(environment.PATCHBAY_ROLE),
    publicUrl: readPublicUrl(environment.PATCHBAY_PUBLIC_URL),
    dataDir: isAbsolute(dataDir) ? dataDir : resolve(workingFolder, dataDir),
    databaseUrl,
    s3: readS3(environment),
    secretKeys,
    sigstoreRoot: readTrustedRoot(environment.PATCHBAY_SIGSTORE_TRUSTED_ROOT),
    admin: readAdmin(environment),
    bootstrapApiKey: readBootstrapKey(environment),
    openId: readOpenId(environment),
    sources: readSources(environment),
    egressAllowPrivate: list(environment.PATCHBAY_EGRESS_ALLOW_PRIVATE),
    proxies: readProxies(environment),
    trustedProxies: readTrustedProxies(environment.PATCHBAY_TRUSTED_PROXIES),
    strangersPerSecond: readStrangersPerSecond(environment.PATCHBAY_STRANGERS_PER_SECOND),
    maxFileBytes: readMaxFileBytes(environment.PATCHBAY_MAX_FILE_MIB),
    sandbox: readSandbox(environment.PATCHBAY_SANDBOX),
    minScheduleEveryMs: readMinScheduleEvery(environment.PATCHBAY_SCHEDULE_MIN_SECONDS),
    localModels: readLocalModels(environment.PATCHBAY_LOCAL_MODELS),
    modelPatience: readPatience(environment),
    logLevel: readLogLevel(environment.PATCHBAY_LOG_LEVEL),
  };
};

const list = (text: string | undefined): string[] =>
  (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

const readPort = (text: string | undefined): number => {
  if (text === undefined || text === "") return 4700;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new ConfigurationError(
    "PATCHBAY_PORT",
    `"${text}" is not a port, a whole number from 0 to 65535`,
    "4700",
  );
};

const readRole = (text: string | undefined): Configuration["role"] => {
  if (text === undefined || text === "" || text === "all") return "all";
  if (text === "registry") return text;
  throw new ConfigurationError("PATCHBAY_ROLE", `"${text}" is neither all nor registry`, "registry");
};

/** What a reverse proxy may put before all of Patchbay's addresses. None begins as one of them does, so that both can be told apart. */
const PUBLIC_PATH =
  /^\/(?!(?:api|assets|docs|e|frame|healthz|icon|join|licences|metrics|o|openapi|password|plugins|readyz|registry|schemas|sdk|setup|sign-in|vendor)(?:\/|\.|$))(?:[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*\/?)?$/;

const readPublicUrl = (text: string | undefined): URL | null => {
  if (text === undefined || text === "") return null;
  const url = URL.parse(text);
  if (
    url !== null &&
    (url.protocol === "http:" || url.protocol === "https:") &&
    PUBLIC_PATH.test(url.pathname) &&
    url.search === "" &&
    url.hash === ""
  )
    return url;
  throw new ConfigurationError(
    "PATCHBAY_PUBLIC_URL",
    `"${text}" is not a web address, with or without a path of letters, digits and hyphens that Patchbay itself does not use`,
    "https://patchbay.example.org",
  );
};

export const readDatabaseUrl = (text: string | undefined): string | null => {
  if (text === undefined || text === "") return null;
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "postgres:" || url.protocol === "postgresql:")) return text;
  throw new ConfigurationError(
    "PATCHBAY_DATABASE_URL",
    "is not the address of a PostgreSQL database",
    "postgres://user:password@db.example.org:5432/patchbay",
  );
};

const readSecretKeys = (text: string | undefined): Buffer[] | null => {
  const parts = list(text);
  if (parts.length === 0) return null;
  return parts.map((part) => {
    const key = Buffer.from(part, "base64");
    if (key.length === SECRET_KEY_BYTES) return key;
    throw new ConfigurationError(
      "PATCHBAY_SECRET_KEY",
      `holds a key of ${key.length} bytes; each has ${SECRET_KEY_BYTES} bytes in base64`,
      "$(openssl rand -base64 32)",
    );
  });
};

const readAdmin = (environment: Environment): Configuration["admin"] => {
  const email = environment.PATCHBAY_ADMIN_EMAIL;
  const password = environment.PATCHBAY_ADMIN_PASSWORD;
  if (!email && !password) return null;
  if (!email || !/^[^@\s]+@[^@\s]+$/.test(email)) {
    throw new ConfigurationError(
      "PATCHBAY_ADMIN_EMAIL",
      email ? `"${email}" is not an e-mail address` : "is missing beside PATCHBAY_ADMIN_PASSWORD",
      "admin@example.org",
    );
  }
  if (!password || password.length < 8) {
    throw new ConfigurationError(
      "PATCHBAY_ADMIN_PASSWORD",
      password ? "has fewer than 8 characters" : "is missing beside PATCHBAY_ADMIN_EMAIL",
      "a-long-pass-phrase",
    );
  }
  return { email, password };
};

const readBootstrapKey = (environment: Environment): string | null => {
  const key = environment.PATCHBAY_BOOTSTRAP_API_KEY;
  if (!key) return null;
  if (!/^\S+$/.test(key) || key.length < MIN_BOOTSTRAP_KEY_CHARACTERS) {
    throw new ConfigurationError(
      "PATCHBAY_BOOTSTRAP_API_KEY",
      `has white space or fewer than ${MIN_BOOTSTRAP_KEY_CHARACTERS} characters`,
      "pb_$(openssl rand -hex 32)",
    );
  }
  if (!environment.PATCHBAY_ADMIN_EMAIL) {
    throw new ConfigurationError(
      "PATCHBAY_BOOTSTRAP_API_KEY",
      "needs PATCHBAY_ADMIN_EMAIL and PATCHBAY_ADMIN_PASSWORD: a key belongs to a person",
      key.slice(0, 3),
    );
  }
  return key;
};

const readOpenId = (environment: Environment): OpenIdSettings | null => {
  const clientId = environment.PATCHBAY_OIDC_CLIENT_ID;
  const clientSecret = environment.PATCHBAY_OIDC_CLIENT_SECRET;
  const name = environment.PATCHBAY_OIDC_NAME;
  const domains = list(environment.PATCHBAY_OIDC_ALLOWED_DOMAINS).map((domain) => domain.toLowerCase());
  const trustEmail = readSwitch("PATCHBAY_OIDC_TRUST_EMAIL", environment.PATCHBAY_OIDC_TRUST_EMAIL);
  const issuer = readIssuer(environment.PATCHBAY_OIDC_ISSUER);
  if (issuer === null) {
    if (!clientId && !clientSecret && !name && domains.length === 0 && !trustEmail) return null;
    throw new ConfigurationError(
      "PATCHBAY_OIDC_ISSUER",
      "is missing beside the other PATCHBAY_OIDC variables",
      "https://login.example.org",
    );
  }
  if (!clientId)
    throw new ConfigurationError(
      "PATCHBAY_OIDC_CLIENT_ID",
      "is missing beside PATCHBAY_OIDC_ISSUER: the provider gives one when Patchbay is registered there",
      "patchbay",
    );
  for (const domain of domains)
    if (!DOMAIN.test(domain))
      throw new ConfigurationError(
        "PATCHBAY_OIDC_ALLOWED_DOMAINS",
        `"${domain}" is not the part of an e-mail address after the @`,
        "example.org,example.com",
      );
  return {
    issuer,
    clientId,
    clientSecret: clientSecret || null,
    name: name || issuer.host,
    allowedDomains: domains,
    trustEmail,
  };
};

const readSwitch = (variable: string, text: string | undefined): boolean => {
  if (text === undefined || text === "" || text === "false") return false;
  if (text === "true") return true;
  throw new ConfigurationError(variable, `"${text}" is neither true nor false`, "true");
};

/** The issuer as the provider writes it: its address is compared with what the provider says of itself. */
const readIssuer = (text: string | undefined): URL | null => {
  if (text === undefined || text === "") return null;
  const url = URL.parse(text);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopbackHost(url.hostname));
  if (
    url !== null &&
    isSafe &&
    url.search === "" &&
    url.hash === "" &&
    !url.pathname.includes("/.well-known/")
  )
    return url;
  throw new ConfigurationError(
    "PATCHBAY_OIDC_ISSUER",
    `"${text}" is not the https address of an issuer, to which /.well-known/openid-configuration is added`,
    "https://login.example.org",
  );
};

/** Addresses, and ranges as address/bits. */
const readTrustedProxies = (text: string | undefined): readonly string[] => {
  const proxies = list(text);
  for (const proxy of proxies) {
    if (isAddressOrRange(proxy)) continue;
    throw new ConfigurationError(
      "PATCHBAY_TRUSTED_PROXIES",
      `"${proxy}" is neither an address nor a range of addresses`,
      "10.0.0.7,192.168.0.0/16,fd00::/8",
    );
  }
  return proxies;
};

const isAddressOrRange = (text: string): boolean => {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || address.includes("%") || more.length > 0) return false;
  return (
    bits === undefined || (/^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  );
};

const readStrangersPerSecond = (text: string | undefined): number | null => {
  if (text === undefined || text === "") return DEFAULT_STRANGERS_PER_SECOND;
  if (text === "off") return null;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new ConfigurationError(
    "PATCHBAY_STRANGERS_PER_SECOND",
    `"${text}" is neither a whole number from 1 to 9999999 nor off`,
    String(DEFAULT_STRANGERS_PER_SECOND),
  );
};

const readMaxFileBytes = (text: string | undefined): number => {
  const mebibytes = text === undefined || text === "" ? String(DEFAULT_MAX_FILE_MIB) : text;
  if (/^[1-9]\d{0,5}$/.test(mebibytes)) return Number(mebibytes) * 1024 * 1024;
  throw new ConfigurationError(
    "PATCHBAY_MAX_FILE_MIB",
    `"${text}" is not a whole number of mebibytes from 1 to 999999`,
    String(DEFAULT_MAX_FILE_MIB),
  );
};

const readSandbox = (text: string | undefined): SandboxMode | undefined => {
  if (text === undefined || text === "") return undefined;
  const mode = SANDBOX_MODES.find((one) => one === text);
  if (mode !== undefined) return mode;
  throw new ConfigurationError(
    "PATCHBAY_SANDBOX",
    `"${text}" is none of ${SANDBOX_MODES.join(", ")}`,
    "namespaces",
  );
};

const readMinScheduleEvery = (text: string | undefined): number => {
  if (text === undefined || text === "") return MIN_SCHEDULE_EVERY_MS;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text) * 1_000;
  throw new ConfigurationError(
    "PATCHBAY_SCHEDULE_MIN_SECONDS",
    `"${text}" is not a whole number of seconds from 1 to 99999`,
    String(MIN_SCHEDULE_EVERY_MS / 1_000),
  );
};

const readLocalModels = (text: string | undefined): boolean => {
  if (text === undefined || text === "" || text === "on") return true;
  if (text === "off") return false;
  throw new ConfigurationError("PATCHBAY_LOCAL_MODELS", `"${text}" is neither on nor off`, "off");
};

const readLogLevel = (text: string | undefined): string => {
  if (text === undefined || text === "") return "info";
  if (LOG_LEVELS.includes(text)) return text;
  throw new ConfigurationError("PATCHBAY_LOG_LEVEL", `"${text}" is none of ${LOG_LEVELS.join(", ")}`, "info");
};
