export { type ConsoleConfig, type ConsoleConfigInput, consoleConfig } from './config';
export { type RunningConsole, startConsole } from './console';
export type { InProcess } from './in-process';
