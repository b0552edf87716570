import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCells1732233600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cells (
        "id" text PRIMARY KEY,
        "table" text NOT NULL,
        "month" text NOT NULL,
        "dimensions" jsonb NOT NULL,
        "count" int NOT NULL
      );
      CREATE INDEX cells_table ON cells ("table", "month");
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}
