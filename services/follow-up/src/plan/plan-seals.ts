import { Inject, Injectable } from '@nestjs/common';
import { type CommandContext } from '@tsunagu/event-sourcing';
import { idFrom, SEALER } from '@tsunagu/platform';
import type { Sealed, Sealer } from '@tsunagu/sealing';
import type { Line, PlanContent } from './domain/events';

/** Whose key the text of a plan is under. */
export interface Holder {
  readonly planId: string;
  readonly personId: string;
  readonly agency: string;
}

type Path = 'goals' | 'roles' | 'note' | 'summary';

/** The one place where the words of a plan are sealed and opened. */
@Injectable()
export class PlanSeals {
  constructor(@Inject(SEALER) private readonly sealer: Sealer) {}

  seal(holder: Holder, path: Path, text: string): Promise<Sealed> {
    return this.sealer.seal(contextOf(holder, path), text);
  }

  async sealNote(holder: Holder, note: string | undefined): Promise<Sealed | null> {
    return note === undefined ? null : this.seal(holder, 'note', note);
  }

  async open(holder: Holder, path: Path, sealed: Sealed): Promise<string> {
    return String(await this.sealer.open(contextOf(holder, path), sealed));
  }

  async sealContent(
    holder: Holder,
    content: { readonly goals: readonly string[]; readonly roles: readonly string[] },
    context: CommandContext,
  ): Promise<PlanContent> {
    return {
      goals: await this.sealLines(holder, 'goals', content.goals, context),
      roles: await this.sealLines(holder, 'roles', content.roles, context),
    };
  }

  async openContent(holder: Holder, content: PlanContent): Promise<{ goals: string[]; roles: string[] }> {
    const openLines = (path: 'goals' | 'roles') =>
      Promise.all(content[path].map((line) => this.open(holder, path, line.text)));
    return { goals: await openLines('goals'), roles: await openLines('roles') };
  }

  private sealLines(
    holder: Holder,
    path: 'goals' | 'roles',
    texts: readonly string[],
    context: CommandContext,
  ): Promise<Line[]> {
    return Promise.all(
      texts.map(async (text, n) => ({
        id: idFrom(context, `${path}-${n}`),
        text: await this.seal(holder, path, text),
      })),
    );
  }
}

const contextOf = ({ planId, personId, agency }: Holder, path: Path) => ({
  person: personId,
  category: 'plan',
  agency,
  stream: `plan-${planId}`,
  type: 'plan',
  path,
});
