import { z } from 'zod';

/** UUID of a person, consultation, referral, plan, grant and so on. */
export const uuid = z.uuid();
/** The nil UUID, where a record must name a person and is about no one of them, such as an auditor's search. */
export const nobody = '00000000-0000-0000-0000-000000000000';
/** Short stable name of an agency or a worker, such as `tsumugi-city-desk`. */
export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'Use lower-case letters, digits and hyphens.');
export const agencyId = slug;
export const userId = z.string().min(1).max(128);
/** RFC 3339 instant with offset. */
export const instant = z.iso.datetime({ offset: true });
/** Calendar date, `YYYY-MM-DD`. */
export const date = z.iso.date();
/** Calendar month, `YYYY-MM`. */
export const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'Use a month such as 2026-11.');
/** Municipality or district name as the directory writes it; coarse on purpose. */
export const area = z.string().min(1).max(64);
