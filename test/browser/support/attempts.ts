/**
 * What a hostile plugin tries, as a script that runs in any document: in a plugin's frame, where nothing may come of it, and
 * in a frame without the measure in question, where it does. `try(name, witness)` begins one attempt; `done[name]` says that
 * one which needs no witness has succeeded.
 */
export const ATTEMPTS = `
const done = {};
const element = (name, attributes, parent = document.head) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
};
const style = (text) => { element("style", {}).textContent = text; };
const worker = (name, url) => { new Worker(url).onmessage = () => { done[name] = true; }; };
const rtc = async (iceServers) => {
  const connection = new RTCPeerConnection({ iceServers });
  connection.createDataChannel("x");
  await connection.setLocalDescription(await connection.createOffer());
};
const reaching = {
  "fetch": (t) => fetch(t),
  "XMLHttpRequest": (t) => { const request = new XMLHttpRequest(); request.open("GET", t); request.send(); },
  "WebSocket": (t) => new WebSocket(t.replace("http", "ws")),
  "EventSource": (t) => new EventSource(t),
  "sendBeacon": (t) => navigator.sendBeacon(t, "stolen"),
  "image": (t) => { new Image().src = t; },
  "image set": (t) => { new Image().srcset = t + " 2x"; },
  "stylesheet": (t) => element("link", { rel: "stylesheet", href: t }),
  "style import": (t) => style("@import url(" + t + ");"),
  "background image": (t) => style("html { background: url(" + t + "); }"),
  "font": (t) => { new FontFace("leak", "url(" + t + ")").load().catch(() => undefined); },
  "video": (t) => element("video", { src: t, preload: "auto" }, document.body),
  "svg image": (t) => { document.body.insertAdjacentHTML("beforeend", '<svg><image href="' + t + '"></image></svg>'); },
  "nested frame": (t) => element("iframe", { src: t }, document.body),
  "object": (t) => element("object", { data: t }, document.body),
  "embed": (t) => element("embed", { src: t }, document.body),
  "prefetch": (t) => element("link", { rel: "prefetch", href: t }),
  "preload of an image": (t) => element("link", { rel: "preload", as: "image", href: t }),
  "preload of a fetch": (t) => element("link", { rel: "preload", as: "fetch", crossorigin: "", href: t }),
  "module preload": (t) => element("link", { rel: "modulepreload", href: t.replace("/leak", "/script-leak") }),
  "classic script": (t) => element("script", { src: t }),
  "module script": (t) => element("script", { type: "module", src: t.replace("/leak", "/script-leak") }),
  "import()": (t) => import(t.replace("/leak", "/script-leak")),
  "ping of a link": (t) => element("a", { href: "#", ping: t }, document.body).click(),
};
const connecting = {
  "preconnect": (t, { tcpPort }) => element("link", { rel: "preconnect", href: "http://127.0.0.1:" + tcpPort }),
  "DNS prefetch": (t, { host }) => element("link", { rel: "dns-prefetch", href: "//" + host }),
  "STUN": (t, { udpPort }) => rtc([{ urls: "stun:127.0.0.1:" + udpPort }]),
  "TURN over TCP": (t, { tcpPort }) =>
    rtc([{ urls: "turn:127.0.0.1:" + tcpPort + "?transport=tcp", username: "a", credential: "b" }]),
};
const running = {
  "a worker from a blob": () => worker("a worker from a blob", URL.createObjectURL(new Blob(["postMessage(1)"]))),
  "a worker from data": () => worker("a worker from data", "data:text/javascript,postMessage(1)"),
  "eval": () => { done["eval"] = (0, eval)("1") === 1; },
  "Function": () => { done["Function"] = new Function("return 1")() === 1; },
  "a timer with text": () => { globalThis.ran = () => { done["a timer with text"] = true; }; setTimeout("ran()", 0); },
  "WebAssembly": () =>
    WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => { done["WebAssembly"] = true; }),
  "an inline script": () => {
    globalThis.ran2 = () => { done["an inline script"] = true; };
    element("script", {}).textContent = "ran2()";
    const script = document.createElement("script");
    script.textContent = "ran2()";
    document.head.append(script);
  },
};
const leaving = {
  "location": (t) => { location.href = t; },
  "location.replace": (t) => location.replace(t),
  "refresh by meta": (t) => element("meta", { "http-equiv": "refresh", content: "0; url=" + t }),
  "click on a link": (t) => {
    const link = element("a", { href: t }, document.body);
    link.addEventListener("click", (event) => event.stopPropagation());
    link.click();
  },
  "window.open into itself": (t) => open(t, "_self"),
  "redirect": () => { location.href = "/frame/redirect"; },
};
const outward = {
  "navigating the page": (t) => { top.location.href = t; },
  "opening a window": (t) => { open(t, "_blank"); },
  "submitting a form": (t) => {
    const form = element("form", { action: t, method: "get" }, document.body);
    form.submit();
  },
};
const holding = {
  "localStorage": () => { localStorage.setItem("a", "b"); },
  "sessionStorage": () => { sessionStorage.setItem("a", "b"); },
  "indexedDB": () => new Promise((resolve, reject) => {
    const request = indexedDB.open("a");
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
  }),
  "caches": () => caches.open("a"),
  "cookies": () => { document.cookie = "a=b"; if (!document.cookie.includes("a=b")) throw new Error("no cookie"); },
  "the parent's document": () => { if (!parent.document.body) throw new Error("none"); },
  "the parent's storage": () => parent.localStorage.length,
  "the parent's variables": () => parent.secretOfTheConsole.length,
  "the frame's own element": () => { if (frameElement === null) throw new Error("none"); },
  "other frames of the page": () => parent.frames[0].document.body.innerHTML,
};
const all = { ...reaching, ...connecting, ...running, ...leaving, ...outward, ...holding };
globalThis.attempts = {
  done,
  names: Object.fromEntries(Object.entries({ reaching, connecting, running, leaving, outward, holding })
    .map(([kind, list]) => [kind, Object.keys(list)])),
  // In a task of its own, so that whoever asks for it lends it no rights.
  try: (name, target, ports) => setTimeout(() => {
    Promise.resolve().then(() => all[name](target, ports)).then(
      () => { if (name in holding) done[name] = true; },
      () => undefined,
    );
  }),
};
`;

/** The attempts as a plugin's user interface. */
export const HOSTILE_UI = `
${ATTEMPTS}
export default function View() { return null; }
`;
