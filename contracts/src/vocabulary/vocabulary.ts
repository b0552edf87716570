import { z } from 'zod';

/** A closed list of codes with their labels. The codes are the contract; the labels are for screens. */
export interface Vocabulary<Code extends string> {
  readonly schema: z.ZodEnum<{ [C in Code]: C }>;
  readonly codes: readonly Code[];
  readonly labels: { readonly [C in Code]: Label };
}

export interface Label {
  readonly en: string;
  readonly ja: string;
}

export function vocabulary<const Code extends string>(labels: { readonly [C in Code]: Label }): Vocabulary<Code> {
  const codes = Object.keys(labels) as Code[];
  return { schema: z.enum(codes as [Code, ...Code[]]), codes, labels } as unknown as Vocabulary<Code>;
}
