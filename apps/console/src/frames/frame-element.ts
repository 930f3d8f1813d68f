import { BASE_PATH } from "../base-path.ts";
/** The attributes that keep a plugin where it is; docs/adr/0005-frames-for-user-interface-plugins.md says what each is for. */
export const createFrameElement = (uiDigest: string, title: string): HTMLIFrameElement => {
  const frame = document.createElement("iframe");
  // Scripts and nothing else: no origin of its own, no pop-ups, no forms, no dialogs, no downloads, no navigation of the page.
  frame.setAttribute("sandbox", "allow-scripts");
  // Else the request of the document would carry the console's cookies.
  frame.setAttribute("credentialless", "");
  frame.referrerPolicy = "no-referrer";
  frame.title = title;
  frame.src = `${BASE_PATH}/frame/${uiDigest}`;
  frame.style.cssText = "display: block; width: 100%; height: 100%; border: 0;";
  return frame;
};
