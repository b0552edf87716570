import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Why two records may be one person. */
export type Likeness = 'name-and-birth-date' | 'name-and-postcode' | 'phone';

/**
 * One keyed hash under which a person can be found again within one agency. It is made from the sealed identity, never
 * from the log, so that erasing the person leaves nothing to make it from.
 */
@Entity('duplicate_key_rows')
@Index(['agency', 'hash'])
export class DuplicateKeyRow {
  @PrimaryColumn('text') agency!: string;
  @PrimaryColumn('text') hash!: string;
  @PrimaryColumn('uuid') personId!: string;
  @Column('text') likeness!: Likeness;
}
