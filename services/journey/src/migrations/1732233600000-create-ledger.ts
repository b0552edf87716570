import type { MigrationInterface, QueryRunner } from 'typeorm';

const timeline = `
CREATE TABLE timeline (
  "eventId" uuid PRIMARY KEY,
  "personId" uuid NOT NULL,
  "parties" jsonb NOT NULL,
  "service" text NOT NULL,
  "type" text NOT NULL,
  "subject" text NOT NULL,
  "occurredAt" timestamptz NOT NULL,
  "recordedAt" timestamptz NOT NULL,
  "actorUser" text NOT NULL,
  "actorAgency" text,
  "actorRole" text NOT NULL,
  "onBehalfOf" text,
  "purpose" text,
  "authorisationId" text,
  "emergencyAccessId" text,
  "unsafeToTell" boolean NOT NULL,
  "facts" jsonb NOT NULL
);
CREATE INDEX timeline_person ON timeline ("personId", "occurredAt", "eventId");
CREATE INDEX timeline_unsafe ON timeline ("emergencyAccessId") WHERE "unsafeToTell"`;

const accesses = `
CREATE TABLE accesses (
  "eventId" uuid PRIMARY KEY,
  "personId" uuid NOT NULL,
  "kind" text NOT NULL,
  "service" text NOT NULL,
  "at" timestamptz NOT NULL,
  "user" text NOT NULL,
  "agency" text,
  "role" text NOT NULL,
  "subject" text NOT NULL,
  "subjectId" text NOT NULL,
  "categories" jsonb NOT NULL,
  "purpose" text,
  "action" text NOT NULL,
  "basis" text NOT NULL,
  "authorisationId" text,
  "emergencyAccessId" text,
  "outcome" text NOT NULL,
  "reason" text
);
CREATE INDEX accesses_person ON accesses ("personId", "at", "eventId");
CREATE INDEX accesses_at ON accesses ("at", "eventId");
CREATE INDEX accesses_agency ON accesses ("agency", "at")`;

const consents = `
CREATE TABLE consents (
  "grantId" text PRIMARY KEY,
  "personId" uuid NOT NULL,
  "known" boolean NOT NULL,
  "effect" text,
  "purposes" jsonb NOT NULL,
  "categories" jsonb NOT NULL,
  "recipients" jsonb NOT NULL,
  "actions" jsonb NOT NULL,
  "from" timestamptz,
  "until" timestamptz,
  "mandateUntil" timestamptz,
  "form" text,
  "notice" jsonb,
  "byRepresentative" boolean NOT NULL,
  "recordedBy" text,
  "recordedByAgency" text,
  "recordedAt" timestamptz NOT NULL,
  "withdrawnAt" timestamptz,
  "withdrawnRevision" int,
  "parties" jsonb NOT NULL
);
CREATE INDEX consents_person ON consents ("personId");
CREATE INDEX consents_at ON consents ("recordedAt", "grantId")`;

const authorisations = `
CREATE TABLE authorisations (
  "authorisationId" text PRIMARY KEY,
  "personId" uuid NOT NULL,
  "recipientAgency" text NOT NULL,
  "discloserAgency" text,
  "purpose" text NOT NULL,
  "categories" jsonb NOT NULL,
  "action" text NOT NULL,
  "code" text NOT NULL,
  "grantIds" jsonb NOT NULL,
  "restsOn" text,
  "at" timestamptz NOT NULL,
  "until" timestamptz NOT NULL,
  "recordedAt" timestamptz NOT NULL,
  "revision" int NOT NULL
);
CREATE INDEX authorisations_person ON authorisations ("personId")`;

const disclosures = `
CREATE TABLE disclosures (
  "eventId" uuid PRIMARY KEY,
  "personId" uuid NOT NULL,
  "kind" text NOT NULL,
  "subjectId" text NOT NULL,
  "recipientAgency" text,
  "authorisationId" text,
  "categories" jsonb NOT NULL,
  "at" timestamptz NOT NULL
);
CREATE INDEX disclosures_person ON disclosures ("personId")`;

const handoffs = `
CREATE TABLE handoffs (
  "referralId" uuid PRIMARY KEY,
  "threadId" uuid NOT NULL,
  "personId" uuid NOT NULL,
  "fromAgency" text NOT NULL,
  "toAgency" text,
  "sentAt" timestamptz,
  "givenAt" timestamptz,
  "authorisationId" text,
  "grantIds" jsonb NOT NULL,
  "categories" jsonb NOT NULL,
  "status" text NOT NULL,
  "outcome" text,
  "reason" text,
  "withdrawalNotifiedAt" timestamptz,
  "acknowledgeBy" timestamptz,
  "acknowledgedAt" timestamptz,
  "disposition" text,
  "parties" jsonb NOT NULL,
  "revision" int NOT NULL
);
CREATE INDEX handoffs_person ON handoffs ("personId");
CREATE INDEX handoffs_given ON handoffs ("givenAt", "referralId")`;

export class CreateLedger1732233600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [timeline, accesses, consents, authorisations, disclosures, handoffs]) await runner.query(sql);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}
