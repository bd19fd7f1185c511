/** Shapes of the host's HTTP interface. Times are RFC 3339 UTC text, sizes are bytes. */

export interface User {
  id: string;
  username: string;
  role: string;
  is_admin: boolean;
}

export interface SessionAnswer {
  user: User;
  permissions: string[];
  last_sign_in_at: string | null;
}

export interface LoginAnswer {
  access_token: string;
  token_type: 'bearer';
  expires_at: string;
  user: User;
}

export interface UserAccount {
  id: string;
  username: string;
  role: string;
  disabled: boolean;
  created_at: string;
  last_sign_in_at: string | null;
}

export interface ApiKey {
  id: string;
  name: string;
  role: string;
  prefix: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

/** These rights on everything whose name matches; `*` stands for any run of characters. */
export interface Scope {
  name: string;
  rights: string[];
}

export type Risk = 'low' | 'medium' | 'high';

export interface Capability {
  interface: string;
  title: string;
  risk: Risk;
  reason: string;
  optional: boolean;
  granted: boolean;
  requested: Scope[];
  allowed: Scope[];
  granted_by?: string | null;
  granted_at?: string | null;
  denials: number;
}

export type PluginMode = 'inline' | 'frame';

export interface PluginRoute {
  method: string;
  path: string;
  permission: string;
  summary: string;
}

export interface PluginJobKind {
  kind: string;
  title: string;
  lane: string | null;
  concurrency: number;
}

export interface PluginPermission {
  id: string;
  title: string;
  roles: string[];
}

export interface PluginUi {
  mode: PluginMode;
  base: string;
  pages: { id: string; title: string; path: string }[];
  slots: { slot: string; title: string }[];
}

export interface PluginMetrics {
  calls: number;
  errors: number;
  traps: number;
  denials: number;
  cpu_ms: number;
  p99_ms?: number | null;
  memory_high_water_bytes: number;
}

export type JsonObject = { [key: string]: unknown };

export interface PluginConfig {
  schema: JsonObject | null;
  values: JsonObject;
}

export type PluginState =
  | 'pending-approval'
  | 'starting'
  | 'healthy'
  | 'degraded'
  | 'quarantined'
  | 'disabled'
  | 'incompatible';

export interface Plugin {
  id: string;
  name: string;
  version: string;
  publisher: string;
  license: string;
  description: string;
  state: PluginState;
  reason: string | null;
  last_trap: string | null;
  enabled: boolean;
  package_hash: string;
  installed_at: string;
  updated_at: string;
  capabilities: Capability[];
  limits: JsonObject;
  routes: PluginRoute[];
  jobs: PluginJobKind[];
  permissions: PluginPermission[];
  ui: PluginUi | null;
  config: PluginConfig;
  metrics: PluginMetrics;
}

export interface InstallReport {
  id: string;
  version: string;
  replaces: string | null;
  package_hash: string;
  awaiting_grant: string[];
  unchanged: boolean;
}

export interface PackageInspection {
  manifest: {
    id: string;
    name: string;
    version: string;
    publisher: string;
    license: string;
    description: string;
    ui?: { pages?: { title: string }[] } | null;
  };
  package_hash: string;
  signed_by: string | null;
  capabilities: Capability[];
  changes: { new_capabilities: string[] };
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export interface LogLine {
  id: string | number;
  at: string;
  level: LogLevel;
  message: string;
  fields?: JsonObject | null;
  request_id?: string | null;
  job_id?: string | null;
}

export interface NavigationPage {
  plugin: string;
  page_id: string;
  path: string;
  title: string;
  icon: string;
  group: string;
  order: number;
  keys: string | null;
  entry: string;
  styles: string[];
  export: string;
  mode: PluginMode;
}

export interface NavigationSlot {
  plugin: string;
  slot: string;
  export: string;
  title: string;
  order: number;
  entry: string;
  styles: string[];
  mode: PluginMode;
}

export interface Navigation {
  pages: NavigationPage[];
  slots: NavigationSlot[];
}

export type JobState = 'available' | 'leased' | 'blocked' | 'succeeded' | 'failed' | 'cancelled';

export interface JobProgress {
  percent: number | null;
  message: string | null;
}

export interface JobWait {
  id: string;
  kind: string;
  done_bytes: number;
  total_bytes: number | null;
  current: string | null;
}

export interface Job {
  id: string;
  plugin: string;
  kind: string;
  title: string;
  state: JobState;
  priority: number;
  lane: string;
  attempt: number;
  max_attempts: number;
  progress: JobProgress | null;
  error: string | null;
  created_at: string;
  run_at: string;
  started_at: string | null;
  finished_at: string | null;
  waits_for: JobWait | null;
  unique_key: string | null;
}

export interface JobDetail extends Job {
  payload: unknown;
  result: unknown;
  log: { at: string; level: LogLevel; message: string }[];
}

export type JobSummary = Record<JobState, number>;

export interface Notice {
  id: string;
  severity: 'error' | 'warning' | 'info';
  title: string;
  message: string;
  plugin: string | null;
  action: { kind: 'grant'; plugin: string; interface: string } | null;
  count: number;
  first_at: string;
  last_at: string;
}

export interface Mount {
  name: string;
  path: string;
  rights: string[];
  status: 'online' | 'offline';
  reason: string | null;
  total_bytes: number | null;
  free_bytes: number | null;
  used_by: string[];
}

export interface AuditEntry {
  sequence: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  outcome: string;
  detail: unknown;
  request_id: string | null;
}

export interface SystemInfo {
  version: string;
  started_at: string;
  database: 'sqlite' | 'postgresql';
  uptime_seconds: number;
  plugins_running: number;
  site_name: string;
}

/** One event of the stream; `type` is the topic. */
export interface LiveEvent {
  type: string;
  timestamp: string;
  data: JsonObject;
}

/** RFC 9457 problem document as the host sends it. */
export interface Problem {
  title?: string;
  status?: number;
  code?: string;
  message?: string;
  detail?: string;
  field?: string;
  request_id?: string;
}
