import { escapePointer, type FieldError, isJsonObject, nestsDeeper, PatchbayError } from "@patchbay/protocol";
import { MAX_CARRIED_DEPTH, MAX_REPORTED_FAULTS } from "../../limits.ts";
import type { JsonObject } from "../format.ts";

const TOO_DEEP = `Give a flatter form: it nests more than ${MAX_CARRIED_DEPTH} levels deep.`;

/** The faults of one body, as they are found. */
export class Faults {
  readonly #errors: FieldError[] = [];

  /** What follows from a fault that is known, around it or inside it, is not told as well. */
  add(pointer: string, message: string): void {
    if (this.#errors.length >= MAX_REPORTED_FAULTS) return;
    const isWithin = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}/`);
    const follows = this.#errors.some(
      (known) => isWithin(known.pointer, pointer) || isWithin(pointer, known.pointer),
    );
    if (!follows) this.#errors.push({ pointer, message });
  }

  /** @throws PatchbayError `invalid_request` when there is a fault. */
  throwIfAny(): void {
    const [first] = this.#errors;
    if (first === undefined) return;
    const place = first.pointer === "" ? "The request" : `${first.pointer.slice(1).replaceAll("/", ".")}`;
    throw new PatchbayError("invalid_request", `${place}: ${first.message}`, { errors: this.#errors });
  }
}

/** A body as its reader wants it: typed fields, and a fault for each that is something else. Null is as good as absent. */
export class BodyFields {
  readonly #value: JsonObject;
  readonly #faults: Faults;
  readonly pointer: string;

  constructor(value: unknown, faults: Faults, pointer = "") {
    this.#faults = faults;
    this.pointer = pointer;
    this.#value = isJsonObject(value) ? value : {};
    if (!isJsonObject(value)) faults.add(pointer, "Give an object.");
  }

  /** The value of a field as it came; undefined where it is absent or null. */
  raw(name: string): unknown {
    return Object.hasOwn(this.#value, name) ? (this.#value[name] ?? undefined) : undefined;
  }

  fault(name: string, message: string): undefined {
    this.#faults.add(name === "" ? this.pointer : this.at(name), message);
  }

  at(name: string): string {
    return `${this.pointer}/${escapePointer(name)}`;
  }

  string(name: string, maxLength: number): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string") return this.fault(name, "Give a text.");
    if (value.length > maxLength) return this.fault(name, `Give at most ${maxLength} characters.`);
    return value;
  }

  /** A text that has to be there. Empty where it is not. */
  needString(name: string, maxLength: number, minLength = 0): string {
    if (this.raw(name) === undefined) this.fault(name, "Give a text; it is missing.");
    const value = this.string(name, maxLength) ?? "";
    if (this.raw(name) !== undefined && value.length < minLength)
      this.fault(name, "Give a text that is not empty.");
    return value;
  }

  number(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    return this.fault(name, "Give a number.");
  }

  integer(name: string, minimum: number): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= minimum) return value;
    return this.fault(
      name,
      minimum === -Infinity ? "Give a whole number." : `Give a whole number of ${minimum} or more.`,
    );
  }

  boolean(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === "boolean") return value;
    return this.fault(name, "Give true or false.");
  }

  oneOf<const Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    return values.find((known) => known === value) ?? this.fault(name, `Give one of ${values.join(", ")}.`);
  }

  needOneOf<const Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    if (this.raw(name) === undefined) return this.fault(name, `Give one of ${values.join(", ")}.`);
    return this.oneOf(name, values);
  }

  object(name: string): BodyFields | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : new BodyFields(value, this.#faults, this.at(name));
  }

  /** A field that is an object and is carried as it is. */
  json(name: string): JsonObject | undefined {
    const value = this.raw(name);
    if (value !== undefined && !isJsonObject(value)) return this.fault(name, "Give an object.");
    return nestsDeeper(value, MAX_CARRIED_DEPTH) ? this.fault(name, TOO_DEEP) : value;
  }

  /** The items of a list. None where it is absent or no list. */
  list(name: string, maxItems: number): unknown[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) return this.fault(name, "Give a list.") ?? [];
    if (value.length > maxItems) return this.fault(name, `Give at most ${maxItems} of them.`) ?? [];
    return value;
  }

  /** The items of a list of objects. */
  objects(name: string, maxItems: number): BodyFields[] {
    return this.list(name, maxItems).map(
      (item, index) => new BodyFields(item, this.#faults, `${this.at(name)}/${index}`),
    );
  }

  strings(name: string, maxItems: number, maxLength: number): string[] {
    return this.list(name, maxItems).flatMap((item, index) => {
      if (typeof item === "string" && item.length <= maxLength) return [item];
      this.#faults.add(`${this.at(name)}/${index}`, `Give a text of at most ${maxLength} characters.`);
      return [];
    });
  }

  /** Refuses a field that is set to something other than `harmless` values. */
  refuse(name: string, why: string, isHarmless: (value: unknown) => boolean = () => false): void {
    const value = this.raw(name);
    if (value !== undefined && !isHarmless(value)) this.fault(name, why);
  }
}
