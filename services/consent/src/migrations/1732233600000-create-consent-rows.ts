import type { MigrationInterface, QueryRunner } from 'typeorm';

const grants = `
CREATE TABLE grants (
  "grantId" uuid PRIMARY KEY,
  "personId" uuid NOT NULL,
  "effect" text NOT NULL,
  "purposes" jsonb NOT NULL,
  "categories" jsonb NOT NULL,
  "recipients" jsonb NOT NULL,
  "actions" jsonb NOT NULL,
  "from" timestamptz NOT NULL,
  "until" timestamptz NOT NULL,
  "form" text NOT NULL,
  "notice" jsonb,
  "relationship" text,
  "mandateUntil" timestamptz,
  "witnessed" boolean NOT NULL,
  "recordedBy" text NOT NULL,
  "recordedByAgency" text,
  "recordedAt" timestamptz NOT NULL,
  "withdrawnAt" timestamptz,
  "parties" jsonb NOT NULL,
  "revision" int NOT NULL
);
CREATE INDEX grants_person ON grants ("personId", "recordedAt");`;

const decisions = `
CREATE TABLE decisions (
  "decisionId" uuid PRIMARY KEY,
  "personId" uuid NOT NULL,
  "outcome" text NOT NULL,
  "code" text NOT NULL,
  "recipientAgency" text NOT NULL,
  "recipientUser" text NOT NULL,
  "recipientRole" text NOT NULL,
  "discloserAgency" text,
  "purpose" text NOT NULL,
  "categories" jsonb NOT NULL,
  "action" text NOT NULL,
  "legalBasis" text NOT NULL,
  "subject" text NOT NULL,
  "subjectId" text NOT NULL,
  "grantIds" jsonb NOT NULL,
  "restsOn" text,
  "at" timestamptz NOT NULL,
  "until" timestamptz,
  "policyVersion" text NOT NULL,
  "consentRevision" int NOT NULL,
  "parties" jsonb NOT NULL,
  "revision" int NOT NULL
);
CREATE INDEX decisions_person ON decisions ("personId", "revision");`;

const emergencyAccesses = `
CREATE TABLE emergency_accesses (
  "accessId" uuid PRIMARY KEY,
  "personId" uuid NOT NULL,
  "agency" text NOT NULL,
  "user" text NOT NULL,
  "supervisor" text NOT NULL,
  "harm" text NOT NULL,
  "categories" jsonb NOT NULL,
  "unsafeToTell" boolean NOT NULL,
  "from" timestamptz NOT NULL,
  "until" timestamptz NOT NULL,
  "reviewBy" timestamptz NOT NULL,
  "reviewedAt" timestamptz,
  "reviewer" text,
  "justified" boolean,
  "revision" int NOT NULL
);
CREATE INDEX emergency_accesses_person ON emergency_accesses ("personId");
CREATE INDEX emergency_accesses_unreviewed ON emergency_accesses ("agency", "reviewBy") WHERE "reviewedAt" IS NULL;`;

const notices = `
CREATE TABLE notices (
  "key" text PRIMARY KEY,
  "noticeId" text NOT NULL,
  "version" int NOT NULL,
  "texts" jsonb NOT NULL,
  "publishedAt" timestamptz NOT NULL,
  "revision" int NOT NULL
);
CREATE UNIQUE INDEX notices_version ON notices ("noticeId", "version");`;

export class CreateConsentRows1732233600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [grants, decisions, emergencyAccesses, notices]) await runner.query(sql);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}
