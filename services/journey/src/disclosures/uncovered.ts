import type { DataSource } from 'typeorm';

export interface Uncovered {
  readonly eventId: string;
  readonly personId: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly recipientAgency: string | null;
  readonly authorisationId: string | null;
  readonly categories: readonly string[];
  readonly at: Date;
  /** The first thing that is wrong with it. */
  readonly reason: string;
}

/**
 * A disclosure is covered when the authorisation that it names exists, is for this person, this recipient and these
 * data, had not ended, and rests on what permits: grants that existed, were in force at the decision and were not
 * withdrawn before the disclosure; or, instead of grants, a statute or an emergency access that it names.
 *
 * Places in time are those of the recording servers' databases, which agree; an authorisation's own clock gives only
 * its length. The handover itself takes a moment: a withdrawal that comes between an authorisation and the disclosure
 * recorded under it within five seconds was not ignored, it was later.
 */
const uncovered = `
SELECT * FROM (
  SELECT d."eventId", d."personId", d."kind", d."subjectId", d."recipientAgency", d."authorisationId", d."categories", d."at",
    CASE
      WHEN d."authorisationId" IS NULL THEN 'names-no-authorisation'
      WHEN a."authorisationId" IS NULL THEN 'authorisation-unknown'
      WHEN a."personId" <> d."personId" THEN 'authorised-for-another-person'
      WHEN a."recipientAgency" <> d."recipientAgency" THEN 'authorised-for-another-recipient'
      WHEN NOT a."categories" @> d."categories" THEN 'more-than-authorised'
      WHEN d."at" < a."recordedAt" THEN 'disclosed-before-authorised'
      WHEN d."at" >= a."recordedAt" + (a."until" - a."at") THEN 'authorisation-had-ended'
      WHEN a."code" = 'permitted' AND jsonb_array_length(a."grantIds") = 0 THEN 'rests-on-nothing'
      WHEN a."code" <> 'permitted' AND a."restsOn" IS NULL THEN 'rests-on-nothing'
      WHEN g."unknown" > 0 THEN 'grant-unknown'
      WHEN g."notPermitting" > 0 THEN 'grant-does-not-permit'
      WHEN g."withdrawnBefore" > 0 THEN 'grant-was-withdrawn'
    END AS "reason"
  FROM disclosures d
  LEFT JOIN authorisations a ON a."authorisationId" = d."authorisationId"
  LEFT JOIN LATERAL (
    SELECT
      count(*) FILTER (WHERE c."known" IS NOT TRUE) AS "unknown",
      count(*) FILTER (
        WHERE c."effect" <> 'permit' OR c."personId" <> a."personId" OR a."at" < c."from" OR a."at" >= c."until"
          OR NOT c."purposes" ? a."purpose" OR NOT c."actions" ? a."action"
      ) AS "notPermitting",
      count(*) FILTER (
        WHERE c."withdrawnRevision" < a."revision" OR d."at" > c."withdrawnAt" + interval '5 seconds'
      ) AS "withdrawnBefore"
    FROM jsonb_array_elements_text(a."grantIds") AS named(id)
    LEFT JOIN consents c ON c."grantId" = named.id
  ) g ON TRUE
) checked
WHERE "reason" IS NOT NULL
ORDER BY "at", "eventId"
LIMIT 500`;

/** Disclosures that no authorisation in force covers, by what the journey has heard so far; at most 500. */
export const uncoveredDisclosures = (reads: DataSource): Promise<readonly Uncovered[]> => reads.query(uncovered);
