/**
 * The globals that plugin code finds: the language and the web platform, as far as it neither leaves the process nor
 * outlives it. A list of what stays, not of what goes, so that a new version of the runtime adds nothing unseen.
 */

const LANGUAGE = [
  "AggregateError",
  "Array",
  "ArrayBuffer",
  "AsyncDisposableStack",
  "Atomics",
  "BigInt",
  "BigInt64Array",
  "BigUint64Array",
  "Boolean",
  "DataView",
  "Date",
  "DisposableStack",
  "Error",
  "EvalError",
  "FinalizationRegistry",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "Function",
  "Infinity",
  "Int16Array",
  "Int32Array",
  "Int8Array",
  "Intl",
  "Iterator",
  "JSON",
  "Map",
  "Math",
  "NaN",
  "Number",
  "Object",
  "Promise",
  "Proxy",
  "RangeError",
  "ReferenceError",
  "Reflect",
  "RegExp",
  "Set",
  "SharedArrayBuffer",
  "String",
  "SuppressedError",
  "Symbol",
  "SyntaxError",
  "Temporal",
  "TypeError",
  "URIError",
  "Uint16Array",
  "Uint32Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "WeakMap",
  "WeakRef",
  "WeakSet",
  "WebAssembly",
  "decodeURI",
  "decodeURIComponent",
  "encodeURI",
  "encodeURIComponent",
  "escape",
  "eval",
  "globalThis",
  "isFinite",
  "isNaN",
  "parseFloat",
  "parseInt",
  "undefined",
  "unescape",
];

const WEB_PLATFORM = [
  "AbortController",
  "AbortSignal",
  "Blob",
  "ByteLengthQueuingStrategy",
  "CloseEvent",
  "CompressionStream",
  "CountQueuingStrategy",
  "Crypto",
  "CryptoKey",
  "CustomEvent",
  "DOMException",
  "DOMMatrix",
  "DOMMatrixReadOnly",
  "DOMPoint",
  "DOMPointReadOnly",
  "DOMQuad",
  "DOMRect",
  "DOMRectReadOnly",
  "DecompressionStream",
  "ErrorEvent",
  "Event",
  "EventTarget",
  "File",
  "FileReader",
  "FormData",
  "Headers",
  "ImageData",
  "MessageChannel",
  "MessageEvent",
  "MessagePort",
  "Performance",
  "PerformanceEntry",
  "PerformanceMark",
  "PerformanceMeasure",
  "PerformanceObserver",
  "PerformanceObserverEntryList",
  "ProgressEvent",
  "PromiseRejectionEvent",
  "QuotaExceededError",
  "ReadableByteStreamController",
  "ReadableStream",
  "ReadableStreamBYOBReader",
  "ReadableStreamBYOBRequest",
  "ReadableStreamDefaultController",
  "ReadableStreamDefaultReader",
  "Request",
  "Response",
  "SubtleCrypto",
  "TextDecoder",
  "TextDecoderStream",
  "TextEncoder",
  "TextEncoderStream",
  "TransformStream",
  "TransformStreamDefaultController",
  "URL",
  "URLPattern",
  "URLSearchParams",
  "WritableStream",
  "WritableStreamDefaultController",
  "WritableStreamDefaultWriter",
  "atob",
  "btoa",
  "clearInterval",
  "clearTimeout",
  "crypto",
  "performance",
  "queueMicrotask",
  "reportError",
  "self",
  "setInterval",
  "setTimeout",
  "structuredClone",
];

/** Names that libraries written for Node expect without importing them. */
const FROM_NODE = ["Buffer", "clearImmediate", "global", "setImmediate"];

/** Put in place by the guest, in the stead of what had the name. */
export interface Replacements {
  readonly console: object;
  readonly fetch: typeof fetch;
  readonly navigator: object;
  readonly process: object;
}

/** The brand by which the platform knows its own global object; `addEventListener` needs it. */
const isBrand = (key: PropertyKey): boolean =>
  typeof key === "symbol" && key.description === "[[webidl.brand]]";

/** Whether the platform's event listeners hang on this key; an anonymous symbol, whose value is a plain record. */
const isEventTargetData = (key: PropertyKey): boolean =>
  typeof key === "symbol" && key.description === undefined;

/** Removes every global that is not in the lists, and puts the replacements in place. Throws when one cannot be removed. */
export const takeAwayGlobals = (replacements: Replacements): void => {
  const kept = new Set<PropertyKey>([...LANGUAGE, ...WEB_PLATFORM, ...FROM_NODE]);
  for (const key of Reflect.ownKeys(globalThis)) {
    if (kept.has(key) || isBrand(key) || isEventTargetData(key)) continue;
    if (!Reflect.deleteProperty(globalThis, key))
      throw new Error(`The global ${String(key)} cannot be removed.`);
  }
  for (const [name, value] of Object.entries(replacements)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
};

/** The old accessor, which the runtime leaves out and which libraries in common use need. */
export const restoreProtoAccessor = (): void => {
  Object.defineProperty(Object.prototype, "__proto__", {
    configurable: true,
    enumerable: false,
    get(this: unknown) {
      return Object.getPrototypeOf(this);
    },
    set(this: unknown, prototype: unknown) {
      const isSettable = typeof prototype === "object" || typeof prototype === "function";
      const isObject = (typeof this === "object" && this !== null) || typeof this === "function";
      if (isSettable && isObject) Object.setPrototypeOf(this, prototype as object | null);
    },
  });
};
