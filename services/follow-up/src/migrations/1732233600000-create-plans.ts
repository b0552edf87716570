import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePlans1732233600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE plans (
        "id" text PRIMARY KEY,
        "personId" text NOT NULL,
        "agency" text NOT NULL,
        "owner" text NOT NULL,
        "status" text NOT NULL,
        "nextContactOn" text NOT NULL,
        "nextContactMode" text NOT NULL,
        "overdueLevel" int NOT NULL,
        "openTasks" int NOT NULL,
        "leansOn" jsonb NOT NULL,
        "referralId" text,
        "transferTo" text,
        "outcome" text,
        "revision" int NOT NULL
      );
      CREATE INDEX plans_due ON plans ("agency", "nextContactOn") WHERE "status" = 'open';
      CREATE INDEX plans_next_contact ON plans ("nextContactOn") WHERE "status" = 'open';
      CREATE INDEX plans_person ON plans ("personId");
      CREATE INDEX plans_referral ON plans ("referralId");
      CREATE TABLE plan_tasks (
        "planId" text PRIMARY KEY,
        "personId" text NOT NULL,
        "agency" text NOT NULL,
        "owner" text NOT NULL,
        "tasks" jsonb NOT NULL
      );
      CREATE TABLE plan_leans ("planId" text PRIMARY KEY, "leansOn" jsonb NOT NULL);
      CREATE INDEX plan_leans_service ON plan_leans USING gin ("leansOn");
      CREATE TABLE disturbed_services ("serviceId" text PRIMARY KEY);
      CREATE INDEX plan_tasks_agency ON plan_tasks ("agency");
    `);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}
