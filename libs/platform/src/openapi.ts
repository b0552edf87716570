import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { cleanupOpenApiDoc } from 'nestjs-zod';
import { type AccessRule, DOCUMENTED_AS } from './access';
import { applicationModule } from './application.module';
import type { ServiceDefinition } from './definition';

/** The OpenAPI 3.1 document of a running service. */
export function documentOf(app: INestApplication, { title, description, name }: ServiceDefinition): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle(`Tsunagu ${title}`)
    .setDescription(description)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addServer(`/api/${name}`)
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  return withOurConventions(cleanupOpenApiDoc(SwaggerModule.createDocument(app, options)));
}

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

const VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** What every operation of ours has in common is said here once, not at each route. */
function withOurConventions(document: OpenAPIObject): OpenAPIObject {
  const operations = Object.values(document.paths).flatMap((path) =>
    VERBS.flatMap((verb) => (path[verb] ? [[verb, path[verb]] as const] : [])),
  );
  for (const [verb, operation] of operations) {
    const rule = (operation as { readonly [DOCUMENTED_AS]?: AccessRule })[DOCUMENTED_AS];
    if (rule?.kind === 'public') operation.security = [{}, { bearer: [] }];
    operation.responses = { ...operation.responses, default: PROBLEM_RESPONSE };
    if (verb !== 'get') operation.parameters = [...(operation.parameters ?? []), ...COMMAND_HEADERS];
  }
  return {
    ...document,
    components: { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM } },
  };
}

const header = (name: string, description: string) =>
  ({ name, in: 'header', required: false, description, schema: { type: 'string' } }) as const;

const COMMAND_HEADERS = [
  header('Idempotency-Key', 'Of 1 to 200 characters. The same request sent again under it happens once.'),
  header('If-Match', 'The revision you read, quoted: "3". Refused when the record has changed since.'),
];

const PROBLEM_RESPONSE = {
  description: 'Refused. What may not be seen is answered 404, like what does not exist.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
} as const;

/** RFC 9457 */
const PROBLEM: Schema = {
  type: 'object',
  properties: {
    type: { type: 'string', description: '`urn:tsunagu:problem:<code>`' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable, kebab-case: the thing to program against.' },
    detail: { type: 'string', description: 'One sentence that says what to do.' },
    field: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
        required: ['field', 'code', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'code', 'detail'],
};

/** The same, without starting anything: nothing is connected, no provider is made. */
export async function openApiOf(definition: ServiceDefinition): Promise<OpenAPIObject> {
  const app = await NestFactory.create(applicationModule(definition), new FastifyAdapter(), {
    preview: true,
    logger: false,
  });
  try {
    return documentOf(app, definition);
  } finally {
    await app.close();
  }
}
