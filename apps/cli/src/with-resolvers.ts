/** Gives Node 20 the one function of the language that this command uses and Node 22 brought. */
export const supplyWithResolvers = (): void => {
  Promise.withResolvers ??= <T>() => {
    let resolve!: (value: T | PromiseLike<T>) => void;
    let reject!: (reason?: unknown) => void;
    const promise = new Promise<T>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    return { promise, resolve, reject };
  };
};
