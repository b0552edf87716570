import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What each referral rests on, as the bus told it: no lag of a read model can hide one from a withdrawal. */
@Entity('watched_referrals')
export class WatchedReferral {
  @PrimaryColumn('text') referralId!: string;
  @Column('text') personId!: string;
  @Column('jsonb') grantIds!: readonly string[];
}

/** Every grant that was withdrawn, and every erased person (`grantId` is then `all`). */
@Entity('withdrawn_consent')
export class WithdrawnRow {
  @PrimaryColumn('text') personId!: string;
  @PrimaryColumn('text') grantId!: string;
}
