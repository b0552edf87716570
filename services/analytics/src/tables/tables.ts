import {
  ageBands,
  channels,
  type CloudEvent,
  type DataOf,
  intakeFacts,
  needs,
  referralFacts,
  sectors,
} from '@tsunagu/contracts';

/** One cell of a registered table: what is counted, and never whom. */
export interface Cell {
  readonly table: string;
  readonly month: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A registered table: there are no other queries (ASSURANCE.md, Anonymised releases). */
export interface Table {
  readonly name: string;
  readonly title: { readonly en: string; readonly ja: string };
  /** Values of each dimension that is a closed list; open ones (areas) show the values that occur. */
  readonly dimensions: Readonly<Record<string, readonly string[] | 'open'>>;
  /** The cell that a fact belongs to; undefined for facts of other tables. */
  readonly cellOf: (fact: CloudEvent) => Cell | undefined;
}

const OUTCOMES = [
  'need-met',
  'need-partly-met',
  'need-not-met',
  'support-continues',
  'rejected',
  'failed',
  'cancelled',
  'withheld',
];

export const consultations: Table = {
  name: 'consultations',
  title: { en: 'Consultations by month, channel and age band', ja: '月・経路・年齢層別の相談件数' },
  dimensions: { channel: channels.codes, ageBand: ageBands.codes },
  cellOf: ({ type, data }) => {
    if (type !== intakeFacts.ConsultationCounted.type) return undefined;
    const { month, channel, ageBand } = data as DataOf<typeof intakeFacts.ConsultationCounted>;
    return { table: 'consultations', month, dimensions: { channel, ageBand } };
  },
};

export const referralOutcomes: Table = {
  name: 'referral-outcomes',
  title: { en: 'Referral outcomes by need and sector', ja: '困りごと・部門別のつなぎの結果' },
  dimensions: { need: needs.codes, sector: [...sectors.codes, 'unknown'], outcome: OUTCOMES },
  cellOf: ({ type, data }) => {
    if (type !== referralFacts.ReferralOutcomeCounted.type) return undefined;
    const { month, need, sector, outcome } = data as DataOf<typeof referralFacts.ReferralOutcomeCounted>;
    return {
      table: 'referral-outcomes',
      month,
      dimensions: { need, sector, outcome: outcome.split(':')[0] ?? outcome },
    };
  },
};

export const unmetNeeds: Table = {
  name: 'unmet-needs',
  title: { en: 'Needs that nothing in the directory meets, by area', ja: '地域別の満たされない困りごと' },
  dimensions: { need: needs.codes, area: 'open' },
  cellOf: ({ type, data }) => {
    if (type !== referralFacts.UnmetNeedCounted.type) return undefined;
    const { month, need, area } = data as DataOf<typeof referralFacts.UnmetNeedCounted>;
    return { table: 'unmet-needs', month, dimensions: { need, area } };
  },
};

export const tables: readonly Table[] = [consultations, referralOutcomes, unmetNeeds];
