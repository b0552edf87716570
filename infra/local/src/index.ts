export { type RunningTown, startTown } from './local';
export { type Settings, settingsFrom, StartRefused } from './settings';
