import type { ApiKey, UserAccount } from '@lamphouse/sdk';
import { ago } from './time.ts';

export function seedUsers(): UserAccount[] {
  const user = (id: string, username: string, role: string, seen: number | null, disabled = false): UserAccount => ({
    id,
    username,
    role,
    disabled,
    created_at: ago(50_000),
    last_sign_in_at: seen === null ? null : ago(seen),
  });
  return [
    user('u1', 'ada', 'admin', 1),
    user('u2', 'grace', 'operator', 45),
    user('u3', 'linus', 'engineer', 3000),
    user('u4', 'margaret', 'viewer', null),
    user('u5', 'former-colleague', 'operator', 90_000, true),
  ];
}

export function seedKeys(): ApiKey[] {
  const key = (id: string, name: string, change: Partial<ApiKey> = {}): ApiKey => ({
    id,
    name,
    role: 'operator',
    prefix: `lk_${id}a7f2`,
    created_at: ago(30_000),
    expires_at: null,
    last_used_at: ago(5),
    revoked_at: null,
    ...change,
  });
  return [
    key('k1', 'backup script'),
    key('k2', 'display board', { role: 'viewer', expires_at: ago(-90_000) }),
    key('k3', 'old integration', { revoked_at: ago(800), last_used_at: ago(900) }),
  ];
}
