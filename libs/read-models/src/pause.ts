/** Waits that end early when the work is to end. */
export class Pause {
  ended = false;
  private readonly ending: Promise<void>;
  private settle: () => void = () => undefined;

  constructor() {
    this.ending = new Promise((resolve) => (this.settle = resolve));
  }

  end(): void {
    this.ended = true;
    this.settle();
  }

  untilEnded(): Promise<void> {
    return this.ending;
  }

  async for(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([passed, this.ending]);
    clearTimeout(timer);
  }
}
