import { consent } from '@tsunagu/consent';
import { analytics } from '@tsunagu/analytics';
import { followUp } from '@tsunagu/follow-up';
import { startTown } from './local';
import { settingsFrom } from './settings';
it('starts', async () => {
  const t = await startTown(
    settingsFrom({ PORT: '8399', TSUNAGU_DATA: '/tmp/smoke-town' }, []),
    [{ name: 'intake', title: 'x', description: 'x', modules: [] }, consent, followUp, analytics],
    (l) => console.log(l),
  );
  for (const p of ['/health/ready', '/api/consent/openapi.json', '/oidc/.well-known/openid-configuration']) {
    const r = await fetch('http://localhost:8399' + p);
    console.log(p, r.status, (await r.text()).slice(0, 300));
  }
  const b = Date.now();
  await t.close();
  console.log('closed in', Date.now() - b);
});
