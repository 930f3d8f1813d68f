import { useSettings, useTheme, useView, type ViewProps } from "@patchbay/sdk/ui";
import { type ReactNode, useDeferredValue, useId } from "react";
import { guessLanguage, LANGUAGES } from "./highlight.ts";
import { Preview } from "./preview.tsx";
import sample from "./sample.md";
import style from "./style.css";
import { useDraft } from "./use-draft.ts";
import { wordsOf } from "./words.ts";

const GUESS = "";
const DEFAULT_TAB = 2;

/** A text on one side, how it looks on the other. */
export default function Highlight(_props: ViewProps): ReactNode {
  const { locale } = useView();
  const { mode } = useTheme();
  const words = wordsOf(locale);
  const tabSize = useSettings<{ tabSize: number }>()?.tabSize ?? DEFAULT_TAB;
  const [draft, change] = useDraft({ text: sample, language: "markdown" });
  const shown = useDeferredValue(draft);
  const language = shown.language ?? guessLanguage(shown.text);
  const ids = { language: useId(), text: useId(), preview: useId() };
  const guessed = LANGUAGES.find(({ name }) => name === language)?.title;
  return (
    <main className={mode} aria-label={words.title}>
      <style>{style}</style>
      <div className="bar">
        <label htmlFor={ids.language}>{words.language}</label>
        <select
          id={ids.language}
          value={draft.language ?? GUESS}
          onChange={({ target }) => change({ ...draft, language: target.value || null })}
        >
          <option value={GUESS}>{words.guess}</option>
          {LANGUAGES.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        {draft.language === null && guessed !== undefined && (
          <span className="muted" aria-live="polite">
            {words.guessed(guessed)}
          </span>
        )}
      </div>
      <div className="panes">
        <div>
          <h2>
            <label htmlFor={ids.text}>{words.text}</label>
          </h2>
          <textarea
            id={ids.text}
            value={draft.text}
            spellCheck={false}
            placeholder={words.placeholder}
            style={{ tabSize }}
            onChange={({ target }) => change({ ...draft, text: target.value })}
          />
        </div>
        <section aria-labelledby={ids.preview}>
          <h2 id={ids.preview}>{words.preview}</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
          <div className="preview" tabIndex={0}>
            {shown.text === "" ? (
              <p className="muted">{words.empty}</p>
            ) : (
              <Preview text={shown.text} language={language} tabSize={tabSize} />
            )}
          </div>
        </section>
      </div>
    </main>
  );
}
