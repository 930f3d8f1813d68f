import type { FrameTheme } from "@patchbay/protocol";
import type { Theme } from "@patchbay/sdk";

/** Plain documents look like a part of the console before a plugin has written a line of CSS. */
const BASE_STYLE = `
  :root { font: 14px/1.5 system-ui, sans-serif; background: var(--pb-background); color: var(--pb-text); }
  body { margin: 0; overflow-wrap: anywhere; }
  * { box-sizing: border-box; }
  a { color: var(--pb-accent); }
  button, input, select, textarea { font: inherit; }
  :focus-visible { outline: 2px solid var(--pb-accent); outline-offset: 2px; }
`;

/** `mutedText` is `--pb-muted-text` in CSS. */
const variableOf = (token: string): string =>
  `--pb-${token.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The console's colours in this document, and for those who listen. */
export class FrameColors {
  readonly #listeners = new Set<(theme: Theme) => void>();
  #theme: Theme = { mode: "light", colors: {} };

  get current(): Theme {
    return this.#theme;
  }

  addBaseStyle(): void {
    const style = document.createElement("style");
    style.textContent = BASE_STYLE;
    document.head.prepend(style);
  }

  apply({ mode, colors }: FrameTheme): void {
    this.#theme = { mode, colors: { ...colors } as Record<string, string> };
    const { style } = document.documentElement;
    style.colorScheme = mode;
    for (const [token, color] of Object.entries(this.#theme.colors))
      style.setProperty(variableOf(token), color);
    for (const listener of this.#listeners) listener(this.#theme);
  }

  onChange(listener: (theme: Theme) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
