import { type DynamicModule, Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import {
  APP_FILTER,
  APP_GUARD,
  APP_PIPE,
  DiscoveryModule,
  DiscoveryService,
  MetadataScanner,
  Reflector,
} from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { ZodValidationPipe } from 'nestjs-zod';
import { DataSource } from 'typeorm';
import { ACCESS_RULE } from './access';
import { AccessLog } from './access-log';
import { CaughtUp } from './caught-up';
import type { ServiceConfig } from './config';
import type { ServiceDefinition } from './definition';
import type { Engines } from './engines';
import { type Check, CHECKS, Health, HealthController } from './health';
import { type Clock, CLOCK, CONFIG, DEFINITION, EVENT_BUS, EVENT_STORE, SEALER } from './injection';
import { ProblemFilter } from './problem.filter';
import { RequestGuard } from './request.guard';
import { ServiceClient } from './service-client';
import { Tokens } from './tokens';

export interface Parts {
  readonly config: ServiceConfig;
  readonly clock: Clock;
  readonly engines?: Engines;
  readonly checks: readonly Check[];
}

const METHOD = 'method';

/** A route that does not say who may call it stops the service from starting. */
@Module({ imports: [DiscoveryModule] })
class EveryRouteHasARule implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    @Inject(DEFINITION) private readonly definition: ServiceDefinition,
  ) {}

  onModuleInit(): void {
    for (const { instance, name } of this.discovery.getControllers()) {
      const prototype = Object.getPrototypeOf(instance ?? {}) as object;
      for (const method of this.scanner.getAllMethodNames(prototype)) {
        const handler = Reflect.get(prototype, method) as (...args: unknown[]) => unknown;
        if (Reflect.getMetadata(METHOD, handler) === undefined || this.reflector.get(ACCESS_RULE, handler)) continue;
        throw new Error(
          `${this.definition.name}: ${name}.${method} does not say who may call it. Add @Allow, @AllowService or @Public.`,
        );
      }
    }
  }
}

/** The Nest module of one service: its own modules, and the platform around them. Without `parts`, only its shape (OpenAPI). */
export function applicationModule(definition: ServiceDefinition, parts?: Parts): DynamicModule {
  const engines = parts?.engines;
  const shared: Provider[] = [
    { provide: DEFINITION, useValue: definition },
    { provide: CONFIG, useValue: parts?.config },
    { provide: CLOCK, useValue: parts?.clock },
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
    imports: [CqrsModule.forRoot(), EveryRouteHasARule, ...definition.modules],
    controllers: [HealthController],
    providers: [
      ...shared,
      { provide: APP_GUARD, useClass: RequestGuard },
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_PIPE, useClass: ZodValidationPipe },
      ...(definition.consumers ?? []),
      ...(definition.clocks ?? []),
    ],
    exports: [...shared, CqrsModule],
  };
}
