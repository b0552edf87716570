import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateReferralRows1732233600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE referral_rows (
        "id" text PRIMARY KEY,
        "threadId" text NOT NULL,
        "personId" text NOT NULL,
        "fromAgency" text NOT NULL,
        "toAgency" text,
        "openCall" boolean NOT NULL,
        "serviceId" text,
        "status" text NOT NULL,
        "reason" text,
        "reasonOwner" text,
        "withheld" text,
        "requestedBy" text NOT NULL,
        "handledBy" text,
        "draftedAt" text NOT NULL,
        "sentAt" text,
        "changedAt" text NOT NULL,
        "deadline" text,
        "overdue" boolean NOT NULL,
        "notices" jsonb NOT NULL,
        "noticeDue" text,
        "previousReferralId" text,
        "nextReferralId" text,
        "revision" int NOT NULL
      );
      CREATE INDEX referral_rows_out ON referral_rows ("fromAgency", "draftedAt" DESC, "id" DESC);
      CREATE INDEX referral_rows_in ON referral_rows ("toAgency", "draftedAt" DESC, "id" DESC);
      CREATE INDEX referral_rows_open_calls ON referral_rows ("draftedAt" DESC, "id" DESC)
        WHERE "status" = 'requested' AND "toAgency" IS NULL;
      CREATE INDEX referral_rows_deadline ON referral_rows ("deadline") WHERE NOT "overdue";
      CREATE INDEX referral_rows_notice_due ON referral_rows ("noticeDue");
      CREATE TABLE watched_referrals (
        "referralId" text PRIMARY KEY,
        "personId" text NOT NULL,
        "grantIds" jsonb NOT NULL
      );
      CREATE INDEX watched_referrals_person ON watched_referrals ("personId");
      CREATE TABLE withdrawn_consent (
        "personId" text NOT NULL,
        "grantId" text NOT NULL,
        PRIMARY KEY ("personId", "grantId")
      );
    `);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}
