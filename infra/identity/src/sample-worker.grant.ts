import type Provider from 'oidc-provider';
import { errors, type ResourceServer } from 'oidc-provider';
import type { Worker } from './worker';

export const SAMPLE_WORKER_GRANT = 'urn:tsunagu:sample-worker';

/**
 * An extension grant (RFC 6749 section 4.5) for `npm run token` and the tour: whoever holds the secret of the client
 * `cli`, which lies in the data folder, may act as any sample worker. The embedded default only.
 */
export function registerSampleWorkerGrant(
  provider: Provider,
  workers: ReadonlyMap<string, Worker>,
  resource: string,
  resourceServer: ResourceServer,
): void {
  provider.registerGrantType<{ worker?: string }>(
    SAMPLE_WORKER_GRANT,
    async (ctx) => {
      const { client, params } = ctx.oidc;
      if (!params.worker || !workers.has(params.worker)) {
        throw new errors.InvalidGrant(`no such worker; there are: ${[...workers.keys()].join(', ')}`);
      }
      const token = new provider.AccessToken({
        accountId: params.worker,
        client,
        gty: SAMPLE_WORKER_GRANT,
        grantId: '',
      });
      token.resourceServer = new provider.ResourceServer(resource, resourceServer);
      token.scope = 'openid';
      ctx.body = { access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType };
    },
    ['worker'],
  );
}
