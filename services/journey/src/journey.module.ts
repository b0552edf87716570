import { Module } from '@nestjs/common';
import { LedgerController } from './ledger.http';
import { Looks } from './looks';
import { TimelineController } from './timeline/timeline.http';

@Module({ controllers: [TimelineController, LedgerController], providers: [Looks] })
export class JourneyModule {}
