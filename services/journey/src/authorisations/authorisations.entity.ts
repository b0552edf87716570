import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One recorded permission to disclose, as consent published it. */
@Entity('authorisations')
export class AuthorisationRow {
  @PrimaryColumn('text') authorisationId!: string;
  @Column('uuid') personId!: string;
  @Column('text') recipientAgency!: string;
  @Column('text', { nullable: true }) discloserAgency!: string | null;
  @Column('text') purpose!: string;
  @Column('jsonb') categories!: readonly string[];
  @Column('text') action!: string;
  @Column('text') code!: string;
  @Column('jsonb') grantIds!: readonly string[];
  @Column('text', { nullable: true }) restsOn!: string | null;
  /** By the deciding server's clock: its length counts, not its place. */
  @Column('timestamptz') at!: Date;
  @Column('timestamptz') until!: Date;
  @Column('timestamptz') recordedAt!: Date;
  /** Of the person's consent stream. */
  @Column('int') revision!: number;
}
