import { createContext, type ReactNode, use } from "react";

/** What every field of one form knows. */
export interface FieldContext {
  readonly root: unknown;
  readonly disabled: boolean;
  errorAt(pointer: string): string | undefined;
  /** Whether anything is wrong at a pointer or below it. */
  hasErrorIn(pointer: string): boolean;
  /** Whether groups fold: there are many. */
  readonly folds: boolean;
  /** Whether there is something to see at a field besides its value. */
  isMarked(pointer: string): boolean;
  isSecretSet(pointer: string): boolean;
  /** Whether a field whose value differs from its default has a button that brings the default back. */
  readonly offersDefaults: boolean;
  /** What files may have together, where files can be entered. */
  readonly maxFileBytes: number | undefined;
  noteAt(pointer: string): ReactNode;
}

export const FormContext = createContext<FieldContext | null>(null);

export const useFormContext = (): FieldContext => {
  const context = use(FormContext);
  if (context === null) throw new Error("A field stands outside of a SchemaForm.");
  return context;
};
