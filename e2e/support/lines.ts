import type { ServiceName } from '@tsunagu/contracts';
import { type Cut, type Line, lineTo } from './line';

export type Far = ServiceName | 'postgres' | 'broker' | 'identity';

interface Laid {
  readonly from: string;
  readonly to: Far;
  readonly line: Line;
}

/** Every way from an instance (`intake-1`) to what it calls. */
export class Lines {
  private readonly laid: Laid[] = [];

  async lay(from: string, to: Far, targets: () => readonly number[]): Promise<number> {
    const line = await lineTo(targets);
    this.laid.push({ from, to, line });
    return line.port;
  }

  /** `from`: an instance, or a service and with it all its instances. Answers how many lines that were. */
  cut(from: string, to: Far, how: Cut): number {
    const lines = this.between(from, to);
    lines.forEach((line) => line.cut(how));
    return lines.length;
  }

  mend(from: string, to: Far): void {
    this.between(from, to).forEach((line) => line.mend());
  }

  mendAll(): void {
    this.laid.forEach(({ line }) => line.mend());
  }

  async close(): Promise<void> {
    await Promise.all(this.laid.map(({ line }) => line.close()));
  }

  private between(from: string, to: Far): readonly Line[] {
    const isFrom = (caller: string): boolean => caller === from || caller.replace(/-\d+$/, '') === from;
    return this.laid.filter((one) => isFrom(one.from) && one.to === to).map(({ line }) => line);
  }
}
