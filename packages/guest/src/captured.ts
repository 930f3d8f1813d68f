/**
 * What the guest keeps for itself of what the prelude takes away. Plugin code cannot reach this module; were it to, it
 * would hold the two ends of its own pipe and nothing else.
 *
 * Nothing here touches the runtime's `process`: that alone takes 3 MB and 10 ms.
 */

interface DenoParts {
  readonly stdin: { read(into: Uint8Array): Promise<number | null> };
  readonly stdout: {
    write(bytes: Uint8Array): Promise<number>;
    writeSync(bytes: Uint8Array): number;
  };
  exit(code: number): never;
  inspect(value: unknown, options: object): string;
  readonly internal: symbol;
}

/** Of the runtime's core: values that follow code through awaits. Not public; the version is pinned, and a test notices. */
interface Core {
  readonly AsyncVariable: new () => { enter(value: unknown): unknown; get(): unknown };
  setAsyncContext(context: unknown): void;
}

const globals = globalThis as unknown as { readonly Deno: DenoParts; readonly [key: string]: unknown };
const deno = globals.Deno;
const { core } = (deno as unknown as Record<symbol, { core: Core }>)[deno.internal] as { core: Core };

/** Bytes read into `into`, null at the end of the pipe. */
export const readPipe = deno.stdin.read.bind(deno.stdin);
export const writePipe = deno.stdout.write.bind(deno.stdout);
export const writePipeSync = deno.stdout.writeSync.bind(deno.stdout);
export const exit: (code: number) => never = deno.exit;
export const inspect = deno.inspect;
export const platformFetch = globalThis.fetch;

export interface AsyncContext<T> {
  run<R>(value: T, run: () => R): R;
  /** The value for the code that asks; undefined outside of `run`. */
  get(): T | undefined;
}

/** A value that follows the code which it was set for through every await. */
export const asyncContext = <T>(): AsyncContext<T> => {
  const variable = new core.AsyncVariable();
  return {
    get: () => variable.get() as T | undefined,
    run: (value, run) => {
      const before = variable.enter(value);
      try {
        return run();
      } finally {
        core.setAsyncContext(before);
      }
    },
  };
};

/** As they were found, without asking for their values: the runtime makes these when they are first used. */
const found = ["Deno", "process"].map(
  (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
);

/**
 * The runtime's module of this name. Its loading needs the runtime's own globals, so they are in their places meanwhile:
 * must not be called once plugin code has run, which could have left something behind that reaches for them.
 */
export const loadBuiltinModules = (names: readonly string[]): unknown[] => {
  if (names.length === 0) return [];
  const replaced = found.map(([name]) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  put(found);
  // Loading also hangs things onto what is there: streams of the process onto the console.
  const keysBefore = [globalThis, globalThis.console].map(
    (object) => [object, new Set(Reflect.ownKeys(object))] as const,
  );
  try {
    const { getBuiltinModule } = globals.process as { getBuiltinModule(name: string): unknown };
    return names.map((name) => getBuiltinModule(`node:${name}`));
  } finally {
    put(replaced);
    for (const [object, keys] of keysBefore)
      for (const key of Reflect.ownKeys(object)) if (!keys.has(key)) Reflect.deleteProperty(object, key);
  }
};

const put = (entries: readonly (readonly [string, PropertyDescriptor | undefined])[]): void => {
  for (const [name, descriptor] of entries) {
    Reflect.deleteProperty(globalThis, name);
    if (descriptor !== undefined) Object.defineProperty(globalThis, name, descriptor);
  }
};
