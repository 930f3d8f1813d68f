/**
 * What the guest keeps for itself of what the prelude takes away. Plugin code cannot reach this module; were it to, it
 * would hold the two ends of its own pipe and nothing else.
 */

interface DenoParts {
  readonly stdin: { read(into: Uint8Array): Promise<number | null> };
  readonly stdout: {
    write(bytes: Uint8Array): Promise<number>;
    writeSync(bytes: Uint8Array): number;
  };
  exit(code: number): never;
}

interface NodeParts {
  getBuiltinModule(name: string): unknown;
  nextTick(run: (...args: unknown[]) => void, ...args: unknown[]): void;
}

export interface AsyncContext<T> {
  run<R>(value: T, run: () => R): R;
  getStore(): T | undefined;
}

const world = globalThis as unknown as { readonly Deno: DenoParts; readonly process: NodeParts };
const deno = world.Deno;
const { stdin, stdout } = deno;
const node = world.process;

/** Bytes read into `into`, null at the end of the pipe. */
export const readPipe = stdin.read.bind(stdin);
export const writePipe = stdout.write.bind(stdout);
export const writePipeSync = stdout.writeSync.bind(stdout);
export const exit: (code: number) => never = deno.exit;

/** A module of the runtime. Some can only be loaded while plugin code has not run: see `withRuntime`. */
export const builtinModule = node.getBuiltinModule.bind(node);

/**
 * Runs `load` with the runtime's own global in its place, which some of its modules need while they are loaded. Must not
 * be called once plugin code has run, which could have left something behind that reaches for it.
 */
export const withRuntime = <T>(load: () => T): T => {
  Object.defineProperty(globalThis, "Deno", { value: deno, configurable: true });
  try {
    return load();
  } finally {
    Reflect.deleteProperty(globalThis, "Deno");
  }
};

export const nextTick = node.nextTick.bind(node);
export const platformFetch = globalThis.fetch;

const { AsyncLocalStorage } = builtinModule("node:async_hooks") as {
  AsyncLocalStorage: new <T>() => AsyncContext<T>;
};
/** A value that follows the code which it was set for through every await. */
export const asyncContext = <T>(): AsyncContext<T> => new AsyncLocalStorage<T>();
