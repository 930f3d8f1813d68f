import { type ReactNode, useId } from "react";
import type { Models } from "./use-models.ts";
import type { Personas } from "./use-personas.ts";
import type { Words } from "./words.ts";

/** What is open above the conversation. */
export type Panel = "personas" | "memory" | "tools";

interface ChatBarProps {
  readonly words: Words;
  readonly personas: Personas;
  readonly persona: string;
  readonly onPersona: (id: string) => void;
  /** undefined until they are known. */
  readonly models: Models | undefined;
  /** `provider/model`; "": the one that answers where none is named. */
  readonly model: string;
  readonly onModel: (id: string) => void;
  readonly hasMemory: boolean;
  readonly hasTools: boolean;
  readonly panel: Panel | null;
  readonly onPanel: (panel: Panel | null) => void;
}

/** Who answers, and what is known of the person. */
export const ChatBar = ({
  words,
  personas,
  persona,
  onPersona,
  models,
  model,
  onModel,
  hasMemory,
  hasTools,
  panel,
  onPanel,
}: ChatBarProps): ReactNode => {
  const ids = { persona: useId(), model: useId() };
  const toggle = (name: Panel, label: string): ReactNode => (
    <button
      type="button"
      aria-expanded={panel === name}
      onClick={() => onPanel(panel === name ? null : name)}
    >
      {label}
    </button>
  );
  return (
    <div className="bar">
      <span className="pair">
        <label htmlFor={ids.persona}>{words.persona}</label>
        <select id={ids.persona} value={persona} onChange={({ target }) => onPersona(target.value)}>
          {personas.all.map(({ id, name, avatar }) => (
            <option key={id} value={id}>
              {avatar} {name}
            </option>
          ))}
        </select>
      </span>
      {personas.areKept && toggle("personas", words.personas)}
      {hasMemory && toggle("memory", words.memory)}
      {hasTools && toggle("tools", words.tools)}
      <span className="grow" />
      <span className="pair">
        <label htmlFor={ids.model}>{words.model}</label>
        <select id={ids.model} value={model} onChange={({ target }) => onModel(target.value)}>
          <option value="">{words.active(nameOf(models?.active))}</option>
          {models?.all.map((one) => (
            <option key={one.id} value={one.id}>
              {nameOf(one)}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
};

const nameOf = (model: Models["active"] | undefined): string => model?.title ?? model?.id ?? "–";
