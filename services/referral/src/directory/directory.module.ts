import { Module } from '@nestjs/common';
import { OrganisationHandler, ServiceHandler, UnmetNeedHandler } from './directory.handler';
import { HsdsController } from './hsds/hsds.http';
import { ImportController } from './imports.http';
import { DirectoryQuery } from './listing/directory.query';
import { MatchController } from './matches.http';
import { OrganisationController } from './organisations.http';
import { ServiceController } from './services.http';

@Module({
  controllers: [OrganisationController, ServiceController, MatchController, ImportController, HsdsController],
  providers: [OrganisationHandler, ServiceHandler, UnmetNeedHandler, DirectoryQuery],
  exports: [DirectoryQuery],
})
export class DirectoryModule {}
