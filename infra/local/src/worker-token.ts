import { SAMPLE_WORKER_GRANT } from '@tsunagu/identity';

export interface CommandLine {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of every sample worker, at a provider that knows no other way (infra/compose). */
  readonly password?: string;
}

/** A bearer token that speaks as a sample worker. @throws Error with what the provider said */
export async function workerToken(
  { tokenUrl, clientId, clientSecret, password }: CommandLine,
  worker: string,
): Promise<string> {
  const grant: Record<string, string> = password
    ? { grant_type: 'password', username: worker, password }
    : { grant_type: SAMPLE_WORKER_GRANT, worker };
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams(grant),
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (answer.access_token === undefined) throw new Error(answer.error_description ?? `no token (${response.status})`);
  return answer.access_token;
}
