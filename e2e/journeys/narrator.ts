/** A step was not as promised: the tour ends here, with a non-zero exit. */
export class NotAsPromised extends Error {}

export interface Narrator {
  chapter(title: string): void;
  /** One step: who does what, what the system answered, and why. */
  step(who: string, does: string, answer: string): void;
}

/** Prints the story for people. */
export function printing(write: (line: string) => void): Narrator & { readonly steps: () => number } {
  let steps = 0;
  return {
    chapter: (title) => write(`\n${title}\n${'─'.repeat(title.length)}`),
    step: (who, does, answer) => {
      steps += 1;
      write(`${String(steps).padStart(2)}. ${who} — ${does}\n      → ${answer}`);
    },
    steps: () => steps,
  };
}

/** @throws NotAsPromised unless it holds */
export function promised(holds: boolean, promise: string, seen?: unknown): void {
  if (!holds)
    throw new NotAsPromised(`${promise}${seen === undefined ? '' : `\nseen: ${JSON.stringify(seen, null, 2)}`}`);
}
