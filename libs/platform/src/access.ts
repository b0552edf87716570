import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { type Role, roles, type ServiceName } from '@tsunagu/contracts';
import type { CommandContext } from '@tsunagu/event-sourcing';
import type { FastifyRequest } from 'fastify';

/** Who is asking, as the verified token says. */
export interface Asker {
  /** Worker, person (then equal to `person`), service name, or `anonymous`. */
  readonly user: string;
  readonly agency?: string;
  readonly roles: readonly Role[];
  /** Own id of a person who signed in by claim code. */
  readonly person?: string;
  readonly service?: ServiceName;
}

export const ANONYMOUS: Asker = { user: 'anonymous', roles: [] };

/** Roles that act for an agency; the token must name it. */
const AGENCY_ROLES: readonly Role[] = ['caseworker', 'supervisor', 'agency-admin'];

export type AccessRule =
  | { readonly kind: 'public' }
  | { readonly kind: 'roles'; readonly roles: readonly Role[] }
  | { readonly kind: 'services'; readonly services: readonly ServiceName[] };

export const ACCESS_RULE = 'tsunagu:access-rule';

/** Extension of an OpenAPI operation that holds its access rule. */
export const DOCUMENTED_AS = 'x-access';

/** Known to the guard, and shown in the API document. */
const rule = (value: AccessRule) =>
  applyDecorators(SetMetadata(ACCESS_RULE, value), ApiExtension(DOCUMENTED_AS, value));

/** These roles may call; anybody else gets the same 404 as for something absent. */
export const Allow = (...roles: readonly Role[]) => rule({ kind: 'roles', roles });

/** Anybody who is signed in, in whatever role. */
export const SignedIn = () => Allow(...roles.codes);

/** Only these services of ours may call. */
export const AllowService = (...services: readonly ServiceName[]) => rule({ kind: 'services', services });

/** Anybody may call; a valid token, when sent, still says who asks. */
export const Public = () => rule({ kind: 'public' });

export function permits(access: AccessRule, asker: Asker): boolean {
  switch (access.kind) {
    case 'public':
      return true;
    case 'services':
      return asker.service !== undefined && access.services.includes(asker.service);
    case 'roles':
      return access.roles.some(
        (role) => asker.roles.includes(role) && (!AGENCY_ROLES.includes(role) || asker.agency !== undefined),
      );
  }
}

/** The asker's agency; routes of agency roles are only reached with one. */
export function agencyOf(asker: Asker): string {
  if (asker.agency === undefined)
    throw new Error('this route is for workers of an agency; its access rule lets others in');
  return asker.agency;
}

export interface IdentifiedRequest extends FastifyRequest {
  asker: Asker;
  commandContext: CommandContext;
}

const fromRequest = <Key extends 'asker' | 'commandContext'>(key: Key) =>
  createParamDecorator(
    (_: unknown, context: ExecutionContext): IdentifiedRequest[Key] =>
      context.switchToHttp().getRequest<IdentifiedRequest>()[key],
  );

/** Parameter: the `Asker`. */
export const CurrentActor = fromRequest('asker');

/** Parameter: the `CommandContext` of this request. */
export const Context = fromRequest('commandContext');
