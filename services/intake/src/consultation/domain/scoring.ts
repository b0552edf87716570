import type { Instrument } from '@tsunagu/contracts';
import { Rejection } from '@tsunagu/event-sourcing';

export interface ScreeningResult {
  readonly answers: Readonly<Record<string, string>>;
  readonly score: number;
  readonly band: string;
}

/**
 * Scores the answers by what the instrument says, and by nothing else.
 * @throws Rejection (`answer-missing`, `answer-out-of-range`, `item-unknown`) naming the field
 */
export function score(instrument: Instrument, answers: Readonly<Record<string, string>>): ScreeningResult {
  const known = new Set(instrument.items.map((item) => item.code));
  const stranger = Object.keys(answers).find((code) => !known.has(code));
  if (stranger !== undefined) {
    throw new Rejection('item-unknown', 'This instrument has no such question. Leave it out.', `answers.${stranger}`);
  }
  const total = instrument.items.reduce((sum, item) => sum + valueOf(instrument, item, answers), 0);
  const band = instrument.bands.find(({ from, to }) => from <= total && total <= to);
  if (!band) throw new Error(`instrument ${instrument.id} ${instrument.version} has no band for ${total}`);
  return { answers, score: total, band: band.code };
}

function valueOf(
  instrument: Instrument,
  item: Instrument['items'][number],
  answers: Readonly<Record<string, string>>,
): number {
  const field = `answers.${item.code}`;
  const answer = Object.hasOwn(answers, item.code) ? answers[item.code] : undefined;
  if (answer === undefined) throw new Rejection('answer-missing', 'Answer every question of this instrument.', field);
  const options = optionsOf(instrument, item);
  const chosen = options.find((option) => option.code === answer);
  if (chosen) return chosen.value;
  const codes = options.map((option) => option.code).join(', ');
  throw new Rejection('answer-out-of-range', `Choose one of: ${codes}.`, field);
}

const optionsOf = (instrument: Instrument, item: Instrument['items'][number]) =>
  item.options ?? instrument.options ?? [];

/** What is wrong with an instrument as data; empty when every possible score has exactly one band. */
export function defectsOf(instrument: Instrument): readonly string[] {
  const unanswerable = instrument.items.filter((item) => optionsOf(instrument, item).length === 0);
  if (unanswerable.length > 0) return unanswerable.map((item) => `item ${item.code} has no options`);
  const range = (pick: (...values: number[]) => number): number =>
    instrument.items.reduce((sum, item) => sum + pick(...optionsOf(instrument, item).map((option) => option.value)), 0);
  const scores = Array.from({ length: range(Math.max) - range(Math.min) + 1 }, (_, n) => range(Math.min) + n);
  return scores
    .filter((total) => instrument.bands.filter(({ from, to }) => from <= total && total <= to).length !== 1)
    .map((total) => `score ${total} is in no band, or in several`);
}
