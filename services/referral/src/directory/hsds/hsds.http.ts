import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HsdsPage } from '@tsunagu/contracts';
import { SignedIn } from '@tsunagu/platform';
import { createZodDto } from 'nestjs-zod';
import { DirectoryQuery } from '../listing/directory.query';
import { OrganisationRow } from '../listing/rows.entity';
import { organization, serviceInFull, serviceInList } from './hsds';

class HsdsPageDto extends createZodDto(HsdsPage) {}

/** The directory for everybody else's software: the HSDS 3.0 API. */
@ApiTags('hsds')
@Controller('hsds')
export class HsdsController {
  constructor(private readonly directory: DirectoryQuery) {}

  @Get()
  @SignedIn()
  about() {
    return { version: '3.0', profile: 'https://docs.openreferral.org/', openapi_url: '/openapi.json' };
  }

  @Get('organizations')
  @SignedIn()
  async organizations(@Query() { page, per_page, search }: HsdsPageDto) {
    const [rows, total] = await this.directory.numberedOrganisations({ q: search }, page, per_page);
    return numbered(rows.map(organization), total, page, per_page);
  }

  @Get('organizations/:id')
  @SignedIn()
  async organizationOf(@Param('id') id: string) {
    return organization(await this.directory.organisation(id));
  }

  @Get('services')
  @SignedIn()
  async services(@Query() { page, per_page, search, organization_id: organisationId }: HsdsPageDto) {
    const [rows, total] = await this.directory.numberedServices({ q: search, organisationId }, page, per_page);
    return numbered(rows.map(serviceInList), total, page, per_page);
  }

  @Get('services/:id')
  @SignedIn()
  async service(@Param('id') id: string) {
    const row = await this.directory.service(id);
    return serviceInFull(row, await this.directory.find(OrganisationRow, row.organisationId));
  }
}

const numbered = (contents: readonly object[], total: number, page: number, size: number) => ({
  total_items: total,
  total_pages: Math.ceil(total / size),
  page_number: page,
  size: contents.length,
  first_page: page === 1,
  last_page: page * size >= total,
  empty: contents.length === 0,
  contents,
});
