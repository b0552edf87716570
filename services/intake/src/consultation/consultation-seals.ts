import { Inject, Injectable } from '@nestjs/common';
import { SEALER } from '@tsunagu/platform';
import type { SealContext, Sealed, Sealer } from '@tsunagu/sealing';
import { nullWhenErased, refusedWhenErased } from '../erased';
import type { Said } from './domain/consultation';
import type { Message, RecordedNeed, Screening } from './domain/events';
import type { ScreeningResult } from './domain/scoring';

/** Whose consultation: what every sealed value in it is bound to. */
export interface Subject {
  readonly id: string;
  readonly personId: string;
}

const contextOf = ({ id, personId }: Subject, rest: Omit<SealContext, 'person' | 'stream'>): SealContext => ({
  person: personId,
  stream: `consultation-${id}`,
  ...rest,
});

const message = (of: Subject, messageId: string, agency: string): SealContext =>
  contextOf(of, { category: 'consultation-content', agency, type: 'MessageSent', path: `content/${messageId}` });
const result = (of: Subject, screeningId: string, agency: string): SealContext =>
  contextOf(of, { category: 'screening', agency, type: 'ScreeningRecorded', path: `result/${screeningId}` });
const note = (of: Subject, needId: string, agency: string): SealContext =>
  contextOf(of, { category: 'needs', agency, type: 'NeedRecorded', path: `note/${needId}` });

/** Seals and opens what a consultation holds. What was erased opens to null. */
@Injectable()
export class ConsultationSeals {
  constructor(@Inject(SEALER) private readonly sealer: Sealer) {}

  async sealMessage(of: Subject, heldBy: string, messageId: string, text: string): Promise<Said> {
    return {
      messageId,
      heldBy,
      content: await refusedWhenErased(this.sealer.seal(message(of, messageId, heldBy), text)),
    };
  }

  sealResult(of: Subject, heldBy: string, screeningId: string, scored: ScreeningResult): Promise<Sealed> {
    return refusedWhenErased(this.sealer.seal(result(of, screeningId, heldBy), scored));
  }

  sealNote(of: Subject, heldBy: string, needId: string, text: string): Promise<Sealed> {
    return refusedWhenErased(this.sealer.seal(note(of, needId, heldBy), text));
  }

  openMessage(of: Subject, { messageId, heldBy, content }: Message): Promise<string | null> {
    return nullWhenErased(this.sealer.open(message(of, messageId, heldBy), content)) as Promise<string | null>;
  }

  openResult(of: Subject, screening: Screening): Promise<ScreeningResult | null> {
    const context = result(of, screening.screeningId, screening.heldBy);
    return nullWhenErased(this.sealer.open(context, screening.result)) as Promise<ScreeningResult | null>;
  }

  async openNote(of: Subject, need: RecordedNeed): Promise<string | null> {
    if (need.note === null) return null;
    return nullWhenErased(this.sealer.open(note(of, need.needId, need.heldBy), need.note)) as Promise<string | null>;
  }
}
