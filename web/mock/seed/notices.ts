import type { Notice } from '@lamphouse/sdk';
import { ago } from './time.ts';

export function seedNotices(): Notice[] {
  return [
    {
      id: 'n1',
      severity: 'warning',
      title: 'Sample archive waits for a right',
      message: 'It asks to use files in mounted folders: it keeps old entries in a folder of their own.',
      plugin: 'sample-archive',
      action: { kind: 'grant', plugin: 'sample-archive', interface: 'lamphouse:files' },
      count: 1,
      first_at: ago(90),
      last_at: ago(90),
    },
    {
      id: 'n4',
      severity: 'warning',
      title: 'Sample notes 2.1.0 waits for approval',
      message: 'It asks for more: lamphouse:files, lamphouse:jobs. The installed version keeps running.',
      plugin: 'sample-notes',
      action: { kind: 'review-upgrade', plugin: 'sample-notes' },
      count: 1,
      first_at: ago(30),
      last_at: ago(30),
    },
    {
      id: 'n2',
      severity: 'error',
      title: 'Mount cold-store is offline',
      message: 'The folder /mnt/cold-store is not there. Connect it again; jobs that need it wait.',
      plugin: null,
      action: null,
      count: 4,
      first_at: ago(300),
      last_at: ago(12),
    },
    {
      id: 'n3',
      severity: 'info',
      title: 'Sample catalogue was updated',
      message: 'Version 1.4.2 replaced 1.4.1 without new rights.',
      plugin: 'sample-catalogue',
      action: null,
      count: 1,
      first_at: ago(6000),
      last_at: ago(6000),
    },
  ];
}
