/** Topics of live events. A batch of many changes comes as one event, under the topic with `-many` behind. */

export const CHANGED = ['dcp.changed', 'dcp.changed-many'] as const;
export const KEYS_CHANGED = ['dcp.kdm', 'dcp.kdm-many'] as const;
