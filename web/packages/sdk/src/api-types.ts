/** Names for the shapes of the host's HTTP interface. Times are RFC 3339 UTC text, sizes are bytes. */
import type { components } from './api-schema';

export type { paths as ApiPaths } from './api-schema';

type Schemas = components['schemas'];

export type User = Schemas['Me'];
export type SessionAnswer = Schemas['Whoami'];
export type UserAccount = Schemas['User'];
export type ApiKey = Schemas['ApiKey'];
export type CreatedKey = Schemas['CreatedKey'];
/** These rights on everything whose name matches; `*` stands for any run of characters. */
export type Scope = Schemas['Allowance'];
export type Risk = Schemas['Risk'];
export type Capability = Schemas['Capability'];
export type PluginMode = Schemas['UiMode'];
export type Plugin = Schemas['Plugin'];
/** A version that waits for approval, with what it changes of the rights. */
export type PendingUpgrade = Schemas['PendingUpgrade'];
export type RightsPart = Schemas['RightsPart'];
export type PluginState = Schemas['PluginState'];
export type PackageInspection = Schemas['Inspection'];
export type LogLine = Schemas['PluginLogLine'];
export type LogLevel = LogLine['level'];
export type Navigation = Schemas['Navigation'];
export type NavigationPage = Schemas['NavigationPage'];
export type NavigationSlot = Schemas['NavigationSlot'];
export type Job = Schemas['Job'];
export type JobState = Schemas['JobState'];
export type JobProgress = Schemas['JobProgress'];
export type JobDetail = Schemas['JobDetail'];
export type JobSummary = Schemas['JobSummary'];
export type Notice = Schemas['Notice'];
export type Mount = Schemas['Mount'];
export type AuditEntry = Schemas['AuditEntry'];
export type SystemInfo = Schemas['System'];

export type JsonObject = { [key: string]: unknown };

/** One event of the stream; `type` is the topic. */
export interface LiveEvent {
  type: string;
  timestamp: string;
  data: JsonObject;
}

/** RFC 9457 problem document. What answers in the host's stead, a proxy say, sends less of it. */
export type Problem = Partial<Schemas['Problem']>;
