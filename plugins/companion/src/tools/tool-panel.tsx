import { type ReactNode, useId, useState } from "react";
import type { Words } from "../words.ts";
import type { Tools } from "./use-tools.ts";

/** As many are shown at once; others are found by their words. */
const SHOWN = 50;

interface ToolPanelProps {
  readonly words: Words;
  readonly tools: Tools;
}

/** Which tools the model may ask for. */
export const ToolPanel = ({ words, tools }: ToolPanelProps): ReactNode => {
  const id = useId();
  const [search, setSearch] = useState("");
  const all = tools.all ?? [];
  const wanted = search.trim().toLowerCase();
  const found = all.filter(({ id: name, title = "", description }) =>
    `${name} ${title} ${description}`.toLowerCase().includes(wanted),
  );
  return (
    <section className="memory" aria-label={words.tools}>
      <p className="muted">{all.length === 0 ? words.toolsNone : words.toolsText}</p>
      {all.length > 5 && (
        <div className="bar">
          <label htmlFor={id}>{words.toolsSearch}</label>
          <input
            id={id}
            type="search"
            className="grow"
            value={search}
            onChange={({ target }) => setSearch(target.value)}
          />
        </div>
      )}
      <ul>
        {found.slice(0, SHOWN).map((tool) => (
          <li key={tool.id}>
            <label className="fact">
              <input
                type="checkbox"
                checked={tools.chosen.includes(tool)}
                onChange={({ target }) => tools.choose(tool.id, target.checked)}
              />{" "}
              <b>{tool.title ?? tool.id}</b>{" "}
              <span className="muted">
                {tool.title !== undefined && `${tool.id} · `}
                {tool.description}
              </span>
            </label>
          </li>
        ))}
      </ul>
      {found.length > SHOWN && <p className="muted">{words.toolsMore(found.length - SHOWN)}</p>}
    </section>
  );
};
