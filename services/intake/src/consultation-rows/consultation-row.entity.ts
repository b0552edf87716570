import type { Channel, TriageTier } from '@tsunagu/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One consultation in the lists of its parties and in the queue: ids and codes, nothing that was said. */
@Entity('consultation_rows')
export class ConsultationRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') personId!: string;
  /** Null: any agency may take it. */
  @Column('text', { nullable: true }) agency!: string | null;
  @Column('text', { nullable: true }) worker!: string | null;
  @Column('text', { array: true }) parties!: string[];
  @Column('text') status!: 'open' | 'closed' | 'erased';
  @Column('text') channel!: Channel;
  @Column('text') language!: string;
  @Column('boolean') interpreterNeeded!: boolean;
  @Column('boolean') anonymous!: boolean;
  @Column('text') area!: string;
  @Column('text') tier!: TriageTier;
  /** RFC 3339 in UTC, so that text order is time order. */
  @Column('text') openedAt!: string;
  @Column('text', { nullable: true }) dueAt!: string | null;
  @Column('boolean') overdue!: boolean;
  @Column('text', { nullable: true }) lastMessageBy!: 'person' | 'worker' | null;
  @Column('int') messages!: number;
  @Column('int') openNeeds!: number;
  @Column('int') revision!: number;
}
