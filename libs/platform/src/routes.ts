import { type INestApplicationContext, RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule } from './access';

export interface Route {
  readonly method: string;
  /** As declared, such as `/persons/:id/grants`. */
  readonly path: string;
  /** `Controller.method`. */
  readonly handler: string;
  readonly rule: AccessRule | undefined;
}

/** Metadata keys of @nestjs/common's route decorators. */
const PATH = 'path';
const METHOD = 'method';

/** Every HTTP route of a running service with the rule that says who may call it. */
export function routesOf(app: Pick<INestApplicationContext, 'get'>): readonly Route[] {
  const discovery = app.get(DiscoveryService, { strict: false });
  const scanner = new MetadataScanner();
  const reflector = new Reflector();
  return discovery.getControllers().flatMap(({ instance, metatype, name }) => {
    if (!instance || !metatype) return [];
    const prefixes = [Reflect.getMetadata(PATH, metatype) as string | string[]].flat();
    const prototype = Object.getPrototypeOf(instance) as object;
    return scanner.getAllMethodNames(prototype).flatMap((method): Route[] => {
      const handler = Reflect.get(prototype, method) as (...args: unknown[]) => unknown;
      const verb = Reflect.getMetadata(METHOD, handler) as RequestMethod | undefined;
      if (verb === undefined) return [];
      const own = [Reflect.getMetadata(PATH, handler) as string | string[]].flat();
      const rule = reflector.get<AccessRule | undefined>(ACCESS_RULE, handler);
      return prefixes.flatMap((prefix) =>
        own.map((path) => ({
          method: RequestMethod[verb] ?? 'ALL',
          path: joined(prefix, path),
          handler: `${name}.${method}`,
          rule,
        })),
      );
    });
  });
}

const joined = (prefix: string, path: string): string =>
  `/${[prefix, path].join('/')}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
