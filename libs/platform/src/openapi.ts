import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { cleanupOpenApiDoc } from 'nestjs-zod';
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
  return cleanupOpenApiDoc(SwaggerModule.createDocument(app, options));
}

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
