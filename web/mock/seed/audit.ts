import type { AuditEntry } from '@lamphouse/sdk';
import { ago } from './time.ts';

export function seedAudit(): AuditEntry[] {
  const actions: [string, string, AuditEntry['outcome']][] = [
    ['plugin.install', 'sample-catalogue 1.4.2', 'allowed'],
    ['grant.add', 'sample-catalogue lamphouse:files', 'allowed'],
    ['session.login', 'ada', 'allowed'],
    ['session.login', 'grace', 'denied'],
    ['mount.add', 'cold-store', 'allowed'],
    ['job.cancel', 'Check entry harbour-1102', 'allowed'],
    ['user.create', 'margaret', 'allowed'],
  ];
  return Array.from({ length: 120 }, (_, number) => {
    const [action, subject, outcome] = actions[number % actions.length] ?? ['session.login', 'ada', 'allowed'];
    return {
      sequence: 120 - number,
      at: ago(number * 37),
      actor: number % 4 === 3 ? 'grace' : 'ada',
      action,
      subject,
      outcome,
      detail: { from: '10.0.4.17' },
      request_id: `r-${8000 - number}`,
    };
  });
}
