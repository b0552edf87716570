import { Client, type QueryResult } from 'pg';

/** So many different statements of one connection are kept prepared; a list of varying length makes one for each length. */
const MOST = 100;

type Arguments = readonly [text: unknown, values?: unknown, ...rest: unknown[]];

/**
 * A connection whose statements with parameters are parsed and planned by the server once. TypeORM can name none, and
 * would have every one planned each time.
 */
export class PreparingClient extends Client {
  private readonly names = new Map<string, string>();

  override query = ((...given: Arguments): Promise<QueryResult> => {
    const [text, values, ...rest] = given;
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? this.nameOf(text) : undefined;
    const asked = name === undefined ? given : [{ name, text, values }, ...rest];
    return (super.query as (...asked: readonly unknown[]) => Promise<QueryResult>)(...asked);
  }) as Client['query'];

  private nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known !== undefined || this.names.size >= MOST) return known;
    const name = `prepared-${this.names.size}`;
    this.names.set(text, name);
    return name;
  }
}
