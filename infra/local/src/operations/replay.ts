import { emptyInbox } from '@tsunagu/event-bus';
import { consumersOf } from '@tsunagu/platform';
import { rebuild } from '@tsunagu/read-models';
import { during, type Installed, type Opened } from '../verify/installed';

type Group = ReturnType<typeof consumersOf>[number];

/** The service whose group it is. @throws Error that names the groups there are */
export function groupIn(
  all: readonly Installed[],
  name: string,
): { readonly service: Installed; readonly group: Group } {
  const groups = all.flatMap((service) => consumersOf(service.definition).map((group) => ({ service, group })));
  const one = groups.find(({ group }) => group.group === name);
  if (one) return one;
  throw new Error(`There is no group ${name}. There are: ${groups.map(({ group }) => group.group).join(', ')}.`);
}

/**
 * Starts a group over from an instant, or from the beginning. What it has handled already is recognised and has no
 * effect twice; `anew` forgets that, and the rows that the group made: they are made once more from the beginning.
 * @throws Error while the group runs; for `anew`, when the group does more than fold or the bus has let go of its beginning
 */
export async function replay(
  all: readonly Installed[],
  name: string,
  { from, anew = false }: { readonly from?: Date; readonly anew?: boolean } = {},
): Promise<void> {
  const { service, group } = groupIn(all, name);
  await during(service, async (opened) => {
    if (anew) await mayBeMadeAnew(opened, group, from);
    await opened.bus.replay(name, from);
    if (anew) await forget(opened, group);
  });
}

async function mayBeMadeAnew({ bus }: Opened, { group, events, models }: Group, from: Date | undefined): Promise<void> {
  if (!models) throw new Error(`${group} gives commands: what it did cannot be done anew. Leave out --anew.`);
  if (from) throw new Error('Rows are made anew from the beginning: leave out --from.');
  const { whole } = await bus.history([...new Set(events.map(({ topic }) => topic))], async () => undefined);
  if (!whole)
    throw new Error(`The bus no longer holds the beginning of what ${group} counts: its rows would be too few.`);
}

async function forget({ reads }: Opened, { group, models = [] }: Group): Promise<void> {
  for (const { entity } of models) await reads.createQueryBuilder().delete().from(entity).execute();
  await emptyInbox(reads, group);
}

/**
 * Folds a service's log into its read models once more, and puts the result in their place at once; it may run meanwhile.
 * @returns events read, per model. @throws Error for a model that is not one of its own log
 */
export async function rebuilt(
  all: readonly Installed[],
  name: string,
  model: string | undefined,
): Promise<Readonly<Record<string, number>>> {
  const service = all.find(({ definition }) => definition.name === name);
  if (!service) throw new Error(`There is no service ${name}.`);
  const own = service.definition.readModels ?? [];
  const wanted = own.filter((one) => model === undefined || one.name === model);
  if (wanted.length === 0)
    throw new Error(
      whatElse(
        service,
        own.map((one) => one.name),
        model,
      ),
    );
  return during(service, async ({ store, reads }) => {
    const events: Record<string, number> = {};
    for (const one of wanted) events[one.name] = await rebuild({ store, dataSource: reads }, one);
    return events;
  });
}

function whatElse({ definition }: Installed, own: readonly string[], model: string | undefined): string {
  const fed = consumersOf(definition).find(({ models = [] }) => models.some(({ name }) => name === (model ?? name)));
  if (fed) {
    return `The bus feeds it: stop ${definition.name}, then npm run replay -- --group ${fed.group} --anew, and start it again.`;
  }
  return `${definition.name} has no read model ${model} of its own log. There are: ${own.join(', ') || 'none'}.`;
}
