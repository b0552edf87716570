import type { DecisionCode, ReasonOwner, ReferralStatus, StatusReason } from '@tsunagu/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export interface NoticeLine {
  readonly agency: string;
  readonly deadline: string;
  readonly acknowledged: boolean;
  readonly overdue: boolean;
}

/** One row a referral: the worklists. Ids, codes and dates; neither need nor words. */
@Entity('referral_rows')
export class ReferralRow {
  @PrimaryColumn('text') id!: string;
  @Column('text') threadId!: string;
  @Column('text') personId!: string;
  @Column('text') fromAgency!: string;
  @Column('text', { nullable: true }) toAgency!: string | null;
  @Column('boolean') openCall!: boolean;
  @Column('text', { nullable: true }) serviceId!: string | null;
  @Column('text') status!: ReferralStatus;
  @Column('text', { nullable: true }) reason!: StatusReason | null;
  @Column('text', { nullable: true }) reasonOwner!: ReasonOwner | null;
  @Column('text', { nullable: true }) withheld!: DecisionCode | null;
  @Column('text') requestedBy!: string;
  @Column('text', { nullable: true }) handledBy!: string | null;
  @Column('text') draftedAt!: string;
  @Column('text', { nullable: true }) sentAt!: string | null;
  @Column('text') changedAt!: string;
  @Column('text', { nullable: true }) deadline!: string | null;
  @Column('boolean') overdue!: boolean;
  @Column('jsonb') notices!: readonly NoticeLine[];
  /** The earliest acknowledgement that is neither given nor called overdue. */
  @Column('text', { nullable: true }) noticeDue!: string | null;
  @Column('text', { nullable: true }) previousReferralId!: string | null;
  @Column('text', { nullable: true }) nextReferralId!: string | null;
  @Column('int') revision!: number;
}
