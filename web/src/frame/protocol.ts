import type { Appearance, Connection, LiveEvent, PluginInfo, PluginLocation, Session } from '@lamphouse/sdk';
import * as v from 'valibot';

/** Messages between a framed plugin page and the shell. What a frame sends is checked; what the shell sends is trusted. */
const Id = v.pipe(v.number(), v.integer(), v.minValue(0));
const ShortText = v.pipe(v.string(), v.maxLength(2000));
const QueryValue = v.nullish(
  v.union([v.string(), v.number(), v.boolean(), v.array(v.union([v.string(), v.number()]))]),
);

const JobState = v.picklist(['available', 'leased', 'blocked', 'succeeded', 'failed', 'cancelled']);

export const FrameMessage = v.variant('type', [
  v.object({
    type: v.literal('call'),
    id: Id,
    method: v.picklist(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    path: v.pipe(v.string(), v.startsWith('/'), v.maxLength(4000)),
    query: v.optional(v.record(v.string(), QueryValue)),
    body: v.optional(v.unknown()),
  }),
  v.object({
    type: v.literal('jobs'),
    id: Id,
    states: v.optional(v.array(JobState)),
    kinds: v.optional(v.array(ShortText)),
    limit: v.optional(v.number()),
  }),
  v.object({ type: v.literal('abort'), id: Id }),
  v.object({ type: v.literal('subscribe'), topics: v.pipe(v.array(ShortText), v.maxLength(100)) }),
  v.object({
    type: v.literal('navigate'),
    to: v.pipe(v.string(), v.startsWith('/'), v.maxLength(4000)),
    replace: v.boolean(),
  }),
  v.object({
    type: v.literal('toast'),
    title: ShortText,
    message: v.optional(ShortText),
    tone: v.optional(v.picklist(['ok', 'info', 'warn', 'bad'])),
  }),
  v.object({
    type: v.literal('confirm'),
    id: Id,
    title: ShortText,
    message: ShortText,
    confirmLabel: ShortText,
    danger: v.optional(v.boolean()),
    typed: v.optional(ShortText),
  }),
  v.object({ type: v.literal('height'), px: v.pipe(v.number(), v.minValue(0), v.maxValue(4000)) }),
  v.object({ type: v.literal('key'), key: v.picklist(['palette', 'shortcuts', 'region']) }),
]);

export type FrameMessage = v.InferOutput<typeof FrameMessage>;

export interface FrameStart {
  plugin: PluginInfo;
  entry: string;
  exported: string;
  kind: 'page' | 'slot';
  location: PluginLocation;
  session: Session;
  appearance: Appearance;
  connection: Connection;
}

export type ShellMessage =
  | ({ type: 'start' } & FrameStart)
  | { type: 'answer'; id: number; value: unknown }
  | { type: 'refused'; id: number; message: string }
  | { type: 'event'; event: LiveEvent }
  | { type: 'location'; location: PluginLocation }
  | { type: 'appearance'; appearance: Appearance }
  | { type: 'session'; session: Session }
  | { type: 'connection'; connection: Connection };
