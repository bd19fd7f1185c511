/** Writes the types of the host's API anew, from docs/generated/openapi.json. */
import { writeFileSync } from 'node:fs';
import { API_SCHEMA, apiSchema } from '@lamphouse/api-types';

writeFileSync(API_SCHEMA, await apiSchema());
