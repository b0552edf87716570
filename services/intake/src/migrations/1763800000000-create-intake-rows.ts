import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateIntakeRows1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE consultation_rows (
        id uuid PRIMARY KEY,
        "personId" uuid NOT NULL,
        agency text,
        worker text,
        parties text[] NOT NULL,
        status text NOT NULL,
        channel text NOT NULL,
        language text NOT NULL,
        "interpreterNeeded" boolean NOT NULL,
        anonymous boolean NOT NULL,
        area text NOT NULL,
        tier text NOT NULL,
        "openedAt" text COLLATE "C" NOT NULL,
        "dueAt" text COLLATE "C",
        overdue boolean NOT NULL,
        "lastMessageBy" text,
        messages int NOT NULL,
        "openNeeds" int NOT NULL,
        revision int NOT NULL
      );
      CREATE INDEX ON consultation_rows USING gin (parties);
      CREATE INDEX ON consultation_rows ("personId");
      CREATE INDEX ON consultation_rows ("openedAt" DESC, id DESC) WHERE agency IS NULL AND status = 'open';
      CREATE INDEX ON consultation_rows ("dueAt") WHERE status = 'open' AND NOT overdue;
      CREATE TABLE duplicate_key_rows (
        agency text NOT NULL,
        hash text NOT NULL,
        "personId" uuid NOT NULL,
        likeness text NOT NULL,
        PRIMARY KEY (agency, hash, "personId")
      );
      CREATE INDEX ON duplicate_key_rows ("personId");
      CREATE TABLE agency_rows (id text PRIMARY KEY, sector text NOT NULL);
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}
