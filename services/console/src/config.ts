import { readConfigFile } from '@tsunagu/platform';
import { z } from 'zod';

const servicesInFront = ['intake', 'consent', 'referral', 'follow-up', 'analytics', 'journey'] as const;
export type ServiceInFront = (typeof servicesInFront)[number];

const sessionKey = z
  .base64()
  .transform((text) => Uint8Array.from(Buffer.from(text, 'base64')))
  .refine(({ length }) => length === 32, 'must be 32 bytes in base64');

export const consoleConfig = z.object({
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535),
  /** The one address people use, such as http://localhost:8080; sign-in comes back here. */
  publicUrl: z.url().transform((url) => url.replace(/\/$/, '')),
  identity: z.object({
    issuer: z.url(),
    /** Where the provider is reached from here. When its issuer is below `publicUrl`, `/oidc` is proxied to it. */
    internalUrl: z.url(),
    clientId: z.string(),
    clientSecret: z.string(),
  }),
  /**
   * Base64, 32 bytes each: the first seals the sessions that browsers keep, all of them open one. The same at every
   * instance. To change it, put the new key first and take the old one away 12 hours later.
   */
  sessionKeys: z.array(sessionKey).min(1),
  /** Base URL of each service. */
  services: z.record(z.enum(servicesInFront), z.url()),
  /** Shown on the landing page: who can sign in to the sample town. */
  sampleWorkers: z
    .array(
      z.object({ user: z.string(), name: z.string(), agencyName: z.string().optional(), roles: z.array(z.string()) }),
    )
    .default([]),
});

export type ConsoleConfig = z.infer<typeof consoleConfig>;
export type ConsoleConfigInput = z.input<typeof consoleConfig>;

/** The configuration of a console that runs alone. @throws Error that says what is missing */
export function readConsoleConfig(environment: NodeJS.ProcessEnv): ConsoleConfig {
  const file = environment['TSUNAGU_CONFIG'] ?? `${environment['TSUNAGU_DATA'] ?? '.tsunagu'}/services/console.json`;
  const parsed = consoleConfig.safeParse(readConfigFile(file, environment));
  if (!parsed.success)
    throw new Error(`${file} is not a configuration of the console:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
