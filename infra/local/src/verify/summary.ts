import { consumersOf } from '@tsunagu/platform';
import { services } from '../services';
import { type Findings, isWell } from './verify';

/** For people: one line a service, and below it what to do about what was found. */
export function summaryOf(findings: readonly Findings[]): string {
  const lines = findings.flatMap((found) => {
    const { service, differing, unhandled, notCompared } = found;
    const models = Object.keys(differing).length;
    const groups = Object.keys(unhandled).length;
    const compared = `${models} read models compared, ${groups} groups asked`;
    const left =
      notCompared.length > 0 ? [`  not compared, the bus has let go of their beginning: ${notCompared}`] : [];
    return [
      `${service.padEnd(10)} ${isWell(found) ? 'well' : 'NOT WELL'}  ${compared}`,
      ...left,
      ...whatIsWrong(found),
    ];
  });
  const verdict = findings.every(isWell)
    ? 'Everything is as the logs say.'
    : 'Not everything is as the logs say; docs/operations.md says more about each.';
  return [...lines, verdict].join('\n');
}

function whatIsWrong({ service, ...found }: Findings): readonly string[] {
  const { unpublished, deadLetters, uncovered = 0, unauthorised = 0 } = found;
  return [
    ...each(found.differing, (model, count) => [
      `${rows(count)} of ${model} differ from what a rebuild makes of them`,
      remedyFor(service, model),
    ]),
    ...each(found.unhandled, (group, count) => [
      `${events(count)} not handled by ${group} in time`,
      `does ${service} run? See its log and /health/ready`,
    ]),
    ...each({ log: unpublished }, () => [
      'its log holds events that the bus does not have',
      `does ${service} run, and does the bus answer? See its log and /health/ready`,
    ]),
    ...each({ letters: deadLetters }, (_, count) => [
      `${events(count)} set aside as dead letters`,
      'npm run dead-letters -- list',
    ]),
    ...each(found.untold ?? {}, (from, count) => [
      `${events(count)} of ${from} about persons not on the journey`,
      'look for dead letters of journey-ledger; when there are none, replay it anew',
    ]),
    ...each({ uncovered }, (_, count) => [
      `${events(count)} disclosed data without an authorisation in force`,
      'a breach: an auditor reads GET /api/journey/handoffs/uncovered',
    ]),
    ...each({ unauthorised }, (_, count) => [
      `${count} authorisations are named that consent never gave`,
      'a breach, or a log that lost events: compare with a backup',
    ]),
  ];
}

/** Rows of the service's own log can be made again under it; those that the bus feeds, while it is stopped. */
function remedyFor(service: string, model: string): string {
  const definition = services.find(({ name }) => name === service);
  const feeding =
    definition && consumersOf(definition).find(({ models = [] }) => models.some(({ name }) => name === model));
  return feeding
    ? `stop ${service}, npm run replay -- --group ${feeding.group} --anew, and start it again`
    : `npm run rebuild -- ${service} ${model}`;
}

type Line = readonly [what: string, todo: string];

const each = (
  counts: Readonly<Record<string, number>>,
  say: (name: string, count: number) => Line,
): readonly string[] =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .flatMap(([name, count]) => {
      const [what, todo] = say(name, count);
      return [`  ${what}`, `    → ${todo}`];
    });

const rows = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);
const events = (count: number): string => (count === 1 ? '1 event' : `${count} events`);
