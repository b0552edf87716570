const waiting = new Set<() => void>();

/** Called by every projection of this process when it has committed. */
export function rowsChanged(): void {
  for (const wake of [...waiting]) wake();
}

/** Settles when rows of any read model of this process have changed, and after `ms` at the latest: other processes are not heard. */
export function untilRowsChange(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      waiting.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    waiting.add(wake);
  });
}
