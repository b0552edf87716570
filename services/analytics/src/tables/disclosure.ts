/** Counts below this are withheld, zeros among them: what is not shown does not say whether it was nobody. */
export const THRESHOLD = 10;
/** Shown counts are rounded down to a multiple of this, so that one more person rarely shows. */
export const ROUNDED_TO = 5;

/** The count as an analyst may see it; null when it is withheld. */
export const disclosed = (count: number): number | null => (count < THRESHOLD ? null : count - (count % ROUNDED_TO));

/** Every combination of the dimensions' values: the shape of an answer does not depend on the people in it. */
export function domainOf(
  dimensions: readonly (readonly [name: string, values: readonly string[]])[],
): Readonly<Record<string, string>>[] {
  return dimensions.reduce<Readonly<Record<string, string>>[]>(
    (cells, [name, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value }))),
    [{}],
  );
}
