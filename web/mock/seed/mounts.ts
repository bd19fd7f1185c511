import type { Mount } from '@lamphouse/sdk';
import { GIGABYTE } from './time.ts';

export function seedMounts(): Mount[] {
  return [
    {
      name: 'archive',
      path: '/srv/volumes/archive/long-term',
      rights: ['read', 'watch', 'write'],
      status: 'online',
      reason: null,
      total_bytes: 48_000 * GIGABYTE,
      free_bytes: 21_300 * GIGABYTE,
      used_by: ['sample-catalogue'],
    },
    {
      name: 'intake',
      path: '/srv/volumes/intake',
      rights: ['read', 'watch', 'write', 'delete'],
      status: 'online',
      reason: null,
      total_bytes: 8_000 * GIGABYTE,
      free_bytes: 540 * GIGABYTE,
      used_by: ['sample-catalogue', 'sample-transfer'],
    },
    {
      name: 'cold-store',
      path: '/mnt/cold-store',
      rights: ['read', 'watch'],
      status: 'offline',
      reason: 'The folder is not there.',
      total_bytes: null,
      free_bytes: null,
      used_by: [],
    },
  ];
}
