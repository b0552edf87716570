/** Something that runs beside us. */
export interface Running {
  readonly gone: Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** One part of the estate: it can be stopped, killed and started again, and it is noticed when it ends by itself. */
export class Part<R extends Running = Running> {
  private running: R | undefined;
  private ended = 0;

  constructor(
    readonly name: string,
    private readonly launch: () => Promise<R>,
  ) {}

  /** Nothing while it is down. */
  get now(): R | undefined {
    return this.running;
  }

  /** How often it has ended although nobody had asked for that. */
  get crashes(): number {
    return this.ended;
  }

  async start(): Promise<void> {
    if (this.running) return;
    const running = await this.launch();
    this.running = running;
    void running.gone.then(() => {
      if (this.running !== running) return;
      this.running = undefined;
      this.ended += 1;
    });
  }

  /** Lets it finish what is in hand. */
  stop(): Promise<void> {
    return this.end((running) => running.stop());
  }

  /** As `kill -9` does. */
  kill(): Promise<void> {
    return this.end((running) => running.kill());
  }

  /** It is to end by itself, and that is no crash; settles when it has. */
  leave(): Promise<void> {
    return this.end(({ gone }) => gone);
  }

  private async end(how: (running: R) => Promise<void>): Promise<void> {
    const { running } = this;
    this.running = undefined;
    if (running) await how(running);
  }
}
