import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('cells')
export class CellRow {
  /** Table, month and values, in the table's order of dimensions. */
  @PrimaryColumn('text') id!: string;
  @Column('text') table!: string;
  @Column('text') month!: string;
  @Column('jsonb') dimensions!: Readonly<Record<string, string>>;
  @Column('int') count!: number;
}
