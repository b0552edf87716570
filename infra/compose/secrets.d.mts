export const SERVICES: readonly string[];

/**
 * Makes what is missing and keeps what is there.
 * @returns how the files are called; the folder then holds all of them
 */
export function makeSecrets(folder: string, origin?: string, identity?: string): string[];
