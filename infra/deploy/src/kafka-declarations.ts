import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeclaredRights, DeclaredTopic } from '@tsunagu/event-bus';

const folder = join(__dirname, '..', '..', 'kafka');

/** The same depth from src and from dist; a spec compares them with the contracts and with the services. */
const declared = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

export const declaredTopics = (): readonly DeclaredTopic[] => declared('topics.json') as readonly DeclaredTopic[];
export const declaredRights = (): readonly DeclaredRights[] => declared('rights.json') as readonly DeclaredRights[];
