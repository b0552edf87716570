import { type DynamicModule, Inject, Module, type OnModuleInit, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, DiscoveryModule, ModuleRef } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { ZodValidationPipe } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { AccessLog } from './access-log';
import { CaughtUp } from './caught-up';
import type { ServiceConfig } from './config';
import { DeadLetters } from './dead-letters/dead-letters';
import { DeadLettersController } from './dead-letters/dead-letters.http';
import type { ServiceDefinition } from './definition';
import type { Engines } from './engines';
import { type Check, CHECKS, Health, HealthController } from './health';
import { type Clock, CLOCK, CONFIG, DEFINITION, EVENT_BUS, EVENT_STORE, SEALER } from './injection';
import { ProblemFilter } from './problem.filter';
import { RequestGuard } from './request.guard';
import { routesOf } from './routes';
import { ServiceClient } from './service-client';
import { traceCommands } from './telemetry/commands';
import { Telemetry } from './telemetry/telemetry';
import { Tokens } from './tokens';

export interface Parts {
  readonly config: ServiceConfig;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly engines?: Engines;
  readonly checks: readonly Check[];
}

/** A route that does not say who may call it stops the service from starting. */
@Module({ imports: [DiscoveryModule] })
class EveryRouteHasARule implements OnModuleInit {
  constructor(
    private readonly module: ModuleRef,
    @Inject(DEFINITION) private readonly definition: ServiceDefinition,
  ) {}

  onModuleInit(): void {
    const unruled = routesOf(this.module).find(({ rule }) => rule === undefined);
    if (!unruled) return;
    throw new Error(
      `${this.definition.name}: ${unruled.handler} does not say who may call it. Add @Allow, @AllowService or @Public.`,
    );
  }
}

/** Every command has its span and its duration, whoever sends it. */
@Module({})
class EveryCommandIsSeen {
  constructor(commands: CommandBus, telemetry: Telemetry) {
    traceCommands(commands, telemetry);
  }
}

/** The Nest module of one service: its own modules, and the platform around them. Without `parts`, only its shape (OpenAPI). */
export function applicationModule(definition: ServiceDefinition, parts?: Parts): DynamicModule {
  const engines = parts?.engines;
  const shared: Provider[] = [
    { provide: DEFINITION, useValue: definition },
    { provide: CONFIG, useValue: parts?.config },
    { provide: CLOCK, useValue: parts?.clock },
    { provide: Telemetry, useValue: parts?.telemetry },
    { provide: CHECKS, useValue: parts?.checks ?? [] },
    { provide: EVENT_STORE, useValue: engines?.store },
    { provide: EVENT_BUS, useValue: engines?.bus },
    { provide: SEALER, useValue: engines?.sealer },
    { provide: DataSource, useValue: engines?.reads },
    { provide: Tokens, useFactory: () => parts && new Tokens(parts.config.issuers, parts.clock) },
    ServiceClient,
    AccessLog,
    CaughtUp,
    Health,
  ];
  return {
    module: class Platform {},
    global: true,
    imports: [CqrsModule.forRoot(), EveryRouteHasARule, EveryCommandIsSeen, ...definition.modules],
    controllers: [...controllersFor(definition)],
    providers: [
      ...shared,
      DeadLetters,
      { provide: APP_GUARD, useClass: RequestGuard },
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_PIPE, useClass: ZodValidationPipe },
      ...(definition.consumers ?? []),
      ...(definition.clocks ?? []),
      ...(definition.gauges ?? []),
    ],
    exports: [...shared, CqrsModule],
  };
}

/** Only what consumes sets anything aside. */
const controllersFor = ({ consumers = [] }: ServiceDefinition): readonly Type[] =>
  consumers.length > 0 ? [HealthController, DeadLettersController] : [HealthController];
