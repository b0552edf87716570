import { readFileSync } from 'node:fs';

/**
 * What a configuration file says. A string `env:NAME` in it is replaced by that environment variable and `file:/path` by
 * the content of that file, without the line break at its end, so that secrets may come from either. What
 * `file?:/path` stands for is left out when there is no such file: not every process is given every secret.
 * @param section only this key of it, for a job that has no secrets but those
 * @throws Error that says what is missing; never with the content of a file that is there
 */
export function readConfigFile(file: string, environment: NodeJS.ProcessEnv, section?: string): unknown {
  const text = contentOf(file);
  if (text === undefined) throw new Error(`There is no configuration at ${file}. Name yours in TSUNAGU_CONFIG.`);
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON.`);
  }
  if (section === undefined) return resolved(said, environment);
  const part: unknown = typeof said === 'object' && said !== null ? Object(said)[section] : undefined;
  return { [section]: resolved(part, environment) };
}

function resolved(value: unknown, environment: NodeJS.ProcessEnv): unknown {
  if (typeof value === 'string') return reference(value, environment);
  if (Array.isArray(value)) return value.map((one) => resolved(one, environment));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, resolved(one, environment)] as const);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

function reference(text: string, environment: NodeJS.ProcessEnv): string | undefined {
  const [, kind, name = ''] = /^(env|file\??):(.+)$/.exec(text) ?? [];
  if (kind === undefined) return text;
  const found = kind === 'env' ? environment[name] : contentOf(name)?.replace(/\r?\n$/, '');
  if (found !== undefined || kind === 'file?') return found;
  throw new Error(`The configuration needs the ${kind === 'env' ? 'environment variable' : 'file'} ${name}.`);
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
