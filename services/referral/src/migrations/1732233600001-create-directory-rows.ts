import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDirectoryRows1732233600001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE directory_organisations (
        "id" text PRIMARY KEY,
        "revision" int NOT NULL,
        "name" text NOT NULL,
        "sector" text NOT NULL,
        "managedBy" text,
        "profile" jsonb NOT NULL,
        "source" text,
        "search" text NOT NULL,
        "changedAt" text NOT NULL
      );
      CREATE INDEX directory_organisations_name ON directory_organisations ("name" COLLATE "C", "id" COLLATE "C");
      CREATE TABLE directory_services (
        "id" text PRIMARY KEY,
        "revision" int NOT NULL,
        "name" text NOT NULL,
        "organisationId" text NOT NULL,
        "kind" text NOT NULL,
        "status" text NOT NULL,
        "statusReason" text,
        "modes" jsonb NOT NULL,
        "capacity" jsonb,
        "needs" jsonb NOT NULL,
        "languages" jsonb NOT NULL,
        "areas" jsonb NOT NULL,
        "areaKeys" jsonb NOT NULL,
        "managedBy" text,
        "profile" jsonb NOT NULL,
        "source" text,
        "search" text NOT NULL,
        "changedAt" text NOT NULL
      );
      CREATE INDEX directory_services_name ON directory_services ("name" COLLATE "C", "id" COLLATE "C");
      CREATE INDEX directory_services_needs ON directory_services USING gin ("needs");
      CREATE INDEX directory_services_organisation ON directory_services ("organisationId");
    `);
  }

  /** Forward only: read models are rebuilt, never rolled back. */
  async down(): Promise<void> {}
}
