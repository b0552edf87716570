import { emptyOrganisation } from '@tsunagu/contracts';
import { specFor } from '@tsunagu/testing';
import type { OrganisationEvent } from './events';
import { organisation, type OrganisationCommand } from './organisation';

const given = specFor(organisation);
const profile = { ...emptyOrganisation, name: 'ひだまりの会', sector: 'npo' } as const;
const listed: OrganisationEvent = {
  type: 'OrganisationListed',
  data: { profile, managedBy: 'hidamari-npo', listedBy: 'tsumugi-city-desk', source: null },
};
const revise = (agency: string, changes: object): OrganisationCommand => ({
  type: 'ReviseOrganisation',
  agency,
  changes,
});

describe('an organisation is listed once', () => {
  const list: OrganisationCommand = {
    type: 'ListOrganisation',
    profile: { name: 'ひだまりの会', sector: 'npo' },
    managedBy: 'hidamari-npo',
    agency: 'tsumugi-city-desk',
  };
  it('with every untold field empty', () => given().when(list).then(listed));
  it('and not again', () => given(listed).when(list).thenRejected('already-listed'));
  it('before anything of it is revised', () => given().when(revise('hidamari-npo', {})).thenRejected('not-listed'));
});

describe('an organisation is revised only when something changes', () => {
  const url = 'https://hidamari.example.jp/';
  const revised: OrganisationEvent = { type: 'OrganisationRevised', data: { changes: { url } } };
  it('and the event holds what changed', () =>
    given(listed)
      .when(revise('hidamari-npo', { url, kana: null }))
      .then(revised));
  it('not when all is as it was', () => given(listed, revised).when(revise('hidamari-npo', { url })).thenNothing());
  it('by who runs or listed it', () => given(listed).when(revise('tsumugi-city-desk', { url })).then(revised));
  it('by nobody else', () => given(listed).when(revise('aoba-clinic', { url })).thenRejected('not-managing-agency'));
});

describe('an import lists, revises or leaves alone', () => {
  const told = (agency: string, record: object): OrganisationCommand => ({
    type: 'ImportOrganisation',
    agency,
    record: {
      type: 'organisation',
      id: '4f0c7a52-31f7-4b5e-9a0e-0d6c6f2b7a11',
      source: 'つむぎ市',
      profile: { name: 'ひだまりの会', sector: 'npo', ...record },
    },
  });
  it('lists a new one under the importing agency', () =>
    given()
      .when(told('tsumugi-city-desk', {}))
      .then({
        type: 'OrganisationListed',
        data: { profile, managedBy: 'tsumugi-city-desk', listedBy: 'tsumugi-city-desk', source: 'つむぎ市' },
      }));
  it('changes nothing the second time', () => given(listed).when(told('aoba-clinic', {})).thenNothing());
  it('keeps what the record does not mention', () =>
    given(listed, { type: 'OrganisationRevised', data: { changes: { kana: 'ヒダマリ' } } })
      .when(told('tsumugi-city-desk', {}))
      .thenNothing());
});
