import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { NoticeText } from './domain/events';

/** One published version of a notice; its text never changes. */
@Entity('notices')
export class NoticeRow {
  /** `<notice>:<version>` */
  @PrimaryColumn('text') key!: string;
  @Column('text') noticeId!: string;
  @Column('int') version!: number;
  @Column('jsonb') texts!: readonly NoticeText[];
  @Column('timestamptz') publishedAt!: Date;
  @Column('int') revision!: number;
}
