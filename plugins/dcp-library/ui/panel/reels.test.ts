import { expect, test } from 'vitest';
import type { Composition, Reel, ReelAsset } from '../data/package-detail';
import { laneOf, lanes, markerPoints, reelShares } from './reels';

const asset = (id: string, element: string, fields: Partial<ReelAsset> = {}): ReelAsset => ({
  id,
  element,
  edit_rate: [24, 1],
  entry_point: 0,
  duration_frames: 24,
  ...fields,
});
const reel = (
  index: number,
  duration_frames: number,
  assets: ReelAsset[] = [],
  rate: Reel['edit_rate'] = [24, 1],
): Reel => ({
  id: null,
  index,
  duration_frames,
  edit_rate: rate,
  assets,
});
const composition = (reels: Reel[], external: string[] = []) =>
  ({ reels, external_asset_ids: external }) as unknown as Composition;

test('reels share the line by seconds, whatever their rates', () => {
  expect(reelShares([reel(1, 48), reel(2, 50, [], [25, 1])])).toEqual([0.5, 0.5]);
  expect(reelShares([reel(1, 0), reel(2, 0)])).toEqual([0.5, 0.5]);
  expect(reelShares([])).toEqual([]);
});

test('elements go to lanes by role, else by name; what has no file goes nowhere', () => {
  expect(laneOf({ element: 'MainStereoscopicPicture' })).toBe('picture');
  expect(laneOf({ element: 'ClosedSubtitle' })).toBe('caption');
  expect(laneOf({ element: 'MainSubtitle' })).toBe('subtitle');
  expect(laneOf({ element: 'AuxData' })).toBe('auxiliary');
  expect(laneOf({ element: 'MainMarkers' })).toBeNull();
  expect(laneOf({ element: 'CompositionMetadataAsset' })).toBeNull();
  expect(laneOf({ element: 'Vendor', role: 'other', in_package: true })).toBe('auxiliary');
  expect(laneOf({ element: 'Vendor', role: 'other', in_package: false })).toBeNull();
});

test('a second track of one use opens a lane of its own', () => {
  const tracks = [
    asset('c1', 'ClosedCaption'),
    asset('p', 'MainPicture', { key_id: 'k' }),
    asset('c2', 'ClosedCaption'),
  ];
  const found = lanes(composition([reel(1, 24, tracks), reel(2, 72, [asset('p2', 'MainPicture')])], ['p2']));
  expect(found.map((lane) => lane.key)).toEqual(['picture-0', 'caption-0', 'caption-1']);
  const [first, second] = found[0]?.segments ?? [];
  expect(first).toMatchObject({ start: 0, share: 0.25, encrypted: true, external: false });
  expect(second).toMatchObject({ start: 0.25, share: 0.75, encrypted: false, external: true });
});

test('markers stand where they are in time', () => {
  const last = { ...reel(2, 72), markers: [{ label: 'FFEC', offset_frames: 36 }] };
  expect(markerPoints(composition([reel(1, 24), last]))).toMatchObject([{ label: 'FFEC', reel: 2, at: 0.625 }]);
});
