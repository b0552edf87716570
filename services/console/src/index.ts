export { type ConsoleConfig, type ConsoleConfigInput, consoleConfig, readConsoleConfig } from './config';
export { type RunningConsole, startConsole } from './console';
export type { InProcess } from './in-process';
