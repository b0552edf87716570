import { Rejection } from '@tsunagu/event-sourcing';
import type { GrantConsent } from './commands';
import { categoryMask } from './request';

/** Two years, with their leap day: longer than that nobody remembers what they agreed to. */
const LONGEST_PERMIT_MS = 731 * 86_400_000;
const recorderRoles = ['person', 'caseworker', 'supervisor'];

/** @throws Rejection when consent may not be recorded like this */
export function requireGrantable(command: GrantConsent): void {
  requireRecorder(command);
  requireForm(command);
  requireRepresentative(command);
  requireNotice(command);
  requireTerms(command);
}

function requireRecorder({ recorder }: GrantConsent): void {
  if (recorder.role === 'agency-admin') {
    throw new Rejection('administrator-cannot-grant', 'An administrator cannot give or record consent.');
  }
  if (!recorderRoles.includes(recorder.role)) {
    throw new Rejection('recorder-not-allowed', 'Only the person or a caseworker can record consent.');
  }
}

function requireForm({ form, recorder, witness }: GrantConsent): void {
  if ((form === 'digital') !== (recorder.role === 'person')) {
    throw new Rejection(
      'form-does-not-fit',
      'Digital consent is given by the person themselves; a caseworker records written or verbal consent.',
      'form',
    );
  }
  if (form === 'verbal' && !witness) {
    throw new Rejection('witness-required', 'Verbal consent needs a witness.', 'witness');
  }
  if (witness?.kind === 'worker' && witness.user === recorder.user) {
    throw new Rejection('witness-is-recorder', 'The witness must be somebody other than you.', 'witness');
  }
}

function requireRepresentative({ givenBy, recorder, now }: GrantConsent): void {
  if (givenBy.kind === 'person') return;
  if (recorder.role === 'person') {
    throw new Rejection(
      'representative-not-recordable',
      'Consent by a representative is recorded by a caseworker who has seen the mandate.',
      'givenBy',
    );
  }
  if (!(Date.parse(givenBy.validUntil) > Date.parse(now))) {
    throw new Rejection('representative-expired', "The representative's mandate has ended.", 'givenBy');
  }
}

function requireNotice({ notice, terms }: GrantConsent): void {
  if (!notice) {
    if (terms.effect === 'deny') return;
    throw new Rejection('notice-required', 'Name the notice that was read, its version and language.', 'notice');
  }
  if (!notice.published) {
    throw new Rejection('notice-not-published', 'That notice is not published in this version and language.', 'notice');
  }
}

function requireTerms({ terms, now }: GrantConsent): void {
  const [from, until] = [Date.parse(terms.from), Date.parse(terms.until)];
  if (!(until > from)) throw new Rejection('interval-empty', 'Consent must end after it begins.', 'until');
  if (!(until > Date.parse(now))) throw new Rejection('already-expired', 'This end has passed already.', 'until');
  if (terms.effect === 'permit' && until - Date.parse(now) > LONGEST_PERMIT_MS) {
    throw new Rejection('too-long', 'Consent lasts at most two years from today; it can be given again.', 'until');
  }
  if (categoryMask(terms.categories) === 0) {
    throw new Rejection('unknown-category', 'Name the kinds of data that this is about.', 'categories');
  }
}
