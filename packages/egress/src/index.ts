export { type ClosableEgress, createEgress, type EgressOptions } from "./egress.ts";
export { type HttpAnswer, HttpClient, type HttpRequest } from "./http-client.ts";
export { isLoopbackHost, type ProxySettings, proxyFor } from "./proxies.ts";
