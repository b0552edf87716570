import { z } from 'zod';
import { DATABASES } from './databases';

/** What the provisioning job is told (docs/distributed.md). */
export const provisionConfig = z.strictObject({
  /** Of the server, TLS and all; its database is only the way in. */
  url: z.string(),
  /** Who may make roles and databases. */
  user: z.string().default('postgres'),
  password: z.string(),
  /** Which of ours are on this server. */
  databases: z
    .array(z.enum(DATABASES))
    .min(1)
    .default([...DATABASES]),
  /** Per role. */
  passwords: z.record(z.string(), z.string()),
});
