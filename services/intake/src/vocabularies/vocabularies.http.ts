import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import * as contracts from '@tsunagu/contracts';
import { SignedIn } from '@tsunagu/platform';

type Codes = readonly { readonly code: string; readonly en: string; readonly ja: string }[];

const { sectors, roles, workerRoles, ageBands, channels, urgencies, triageTiers, needs } = contracts;
const { purposes, dataCategories, actions, grantForms, legalBases, decisionCodes, dispositions } = contracts;
const { referralStatuses, statusReasons, reasonOwners, serviceKinds, serviceStatuses, modes, outcomes } = contracts;
const { attemptResults, planOutcomes, taskKinds } = contracts;

const vocabularies = {
  ...{ sectors, roles, workerRoles, ageBands, channels, urgencies, triageTiers, needs },
  ...{ purposes, dataCategories, actions, grantForms, legalBases, decisionCodes, dispositions },
  ...{ referralStatuses, statusReasons, reasonOwners, serviceKinds, serviceStatuses, modes, outcomes },
  ...{ attemptResults, planOutcomes, taskKinds },
};

const codesOf = (labels: Readonly<Record<string, contracts.Label>>): Codes =>
  Object.entries(labels).map(([code, { en, ja }]) => ({ code, en, ja }));

/** Every code that requests and answers use, with its words for screens. */
@ApiTags('vocabularies')
@Controller('vocabularies')
export class VocabularyController {
  private readonly answer = Object.fromEntries(
    Object.entries(vocabularies).map(([name, { labels }]): [string, Codes] => [name, codesOf(labels)]),
  );

  @Get()
  @Header('cache-control', 'public, max-age=3600')
  @SignedIn()
  list(): Readonly<Record<string, Codes>> {
    return this.answer;
  }
}
