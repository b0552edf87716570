import type { AgeBand } from '@tsunagu/contracts';

/** @param today calendar date in Japan; somebody born on 29 February is a year older from 1 March in common years */
export function ageBandOn(birthDate: string | null, today: string): AgeBand {
  if (birthDate === null || birthDate > today) return 'unknown';
  const birthdayPassed = today.slice(5) >= birthDate.slice(5);
  const age = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (birthdayPassed ? 0 : 1);
  if (age < 18) return 'under-18';
  if (age < 40) return '18-39';
  if (age < 65) return '40-64';
  return age < 75 ? '65-74' : '75-plus';
}
