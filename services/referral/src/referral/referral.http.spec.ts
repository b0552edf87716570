import { randomUUID } from 'node:crypto';
import { startServices, type SampleWorker, type TestServices } from '@tsunagu/testing';
import { referral } from '../service';
import { Neighbours, standIns } from '../stand-ins.fixtures';

const CITY = 'tsumugi-city-desk';
const NPO = 'hidamari-npo';

let services: TestServices;
let neighbours: Neighbours;

beforeAll(async () => {
  neighbours = new Neighbours();
  services = await startServices([...standIns(neighbours), referral]);
});
afterAll(() => services.close());

const post = (as: SampleWorker, path: string, body?: object, headers: Record<string, string> = {}) =>
  services.call('referral', path, { as, method: 'POST', headers, ...(body ? { body } : {}) });

describe('smoke', () => {
  it('drafts and sends', async () => {
    const personId = randomUUID();
    neighbours.involved.add(`${personId} ${CITY}`);
    neighbours.fields['needs'] = [{ need: 'isolation' }];
    const drafted = await post('aoi', '/referrals', { personId, need: 'isolation', categories: ['needs'], toAgency: NPO });
    expect(drafted).toMatchObject({ status: 201 });
    const withheld = await post('aoi', `/referrals/${drafted.body.id}/sending`);
    expect(withheld).toMatchObject({ status: 403, body: { code: 'no-consent' } });
    neighbours.permit(personId, NPO, 'referral', ['needs']);
    const sent = await post('aoi', `/referrals/${drafted.body.id}/sending`);
    expect(sent).toMatchObject({ status: 200, body: { status: 'requested' } });
    const read = await services.call('referral', `/referrals/${drafted.body.id}/disclosure`, { as: 'yui' });
    expect(read).toMatchObject({ status: 200, body: { fields: { needs: [{ need: 'isolation' }] } } });
    await services.settle();
    const list = await services.call('referral', '/referrals', { as: 'yui' });
    expect(list.body.referrals).toHaveLength(1);
  });
});
