import type { ServiceDefinition } from '@tsunagu/platform';

export const journey: ServiceDefinition = {
  name: 'journey',
  title: 'Journey',
  description: 'The timeline of each person across agencies, who looked at what, and every handoff with its authorisation.',
  modules: [],
};
