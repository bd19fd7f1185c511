import { expect, test } from 'vitest';
import { type Asset, type Composition, mainComposition, type PackageDetail } from '../data/package-detail';
import { assetGroups, isHashing } from './asset-groups';
import { namingFields } from './naming';

const asset = (id: string): Asset => ({
  id,
  kind: 'picture',
  type: '',
  path: `${id}.mxf`,
  size_bytes: 1,
  state: 'unverified',
});
const detail = (assets: string[], lists: { id: string; asset_ids?: string[] }[]) =>
  ({ assets: assets.map(asset), packing_lists: lists }) as unknown as PackageDetail;
const grouped = (of: PackageDetail) =>
  assetGroups(of).map(({ list, assets }) => [list?.id ?? null, assets.map(({ id }) => id)]);

test('every asset stands once, under the first list that names it', () => {
  const lists = [
    { id: 'l1', asset_ids: ['a', 'b'] },
    { id: 'l2', asset_ids: ['b', 'c', 'gone'] },
  ];
  expect(grouped(detail(['a', 'b', 'c', 'x'], lists))).toEqual([
    ['l1', ['a', 'b']],
    ['l2', ['c']],
    [null, ['x']],
  ]);
});

test('lists that do not tell their assets, and packages without lists, lose none', () => {
  expect(grouped(detail(['a', 'b'], [{ id: 'l1' }]))).toEqual([['l1', ['a', 'b']]]);
  expect(grouped(detail(['a'], []))).toEqual([[null, ['a']]]);
});

test('what is being hashed is known by id or by path', () => {
  expect(isHashing(asset('a'), 'a')).toBe(true);
  expect(isHashing(asset('a'), 'Folder/a.mxf')).toBe(true);
  expect(isHashing(asset('a'), 'Folder/aa.mxf')).toBe(false);
  expect(isHashing(asset('a'), null)).toBe(false);
});

test('a title is read out in words, absent fields left out', () => {
  const fields = namingFields({
    title: 'GoldenTide',
    content_kind: 'feature',
    version: 2,
    stereoscopic: false,
    aspect: 'scope',
    image_ratio: '266',
    subtitle_languages: ['de'],
    burnt_in_subtitles: true,
    territory: 'US',
    rating: 'PG',
    audio: ['51', 'HI', 'ATMOS'],
    package_type: 'VF',
    package_version: 2,
  });
  expect(fields).toEqual([
    { label: 'Title', value: 'GoldenTide' },
    { label: 'Type', value: 'Feature · version 2 · 2D' },
    { label: 'Aspect', value: 'Scope · image 2.66' },
    { label: 'Subtitles', value: 'German · part of the picture' },
    { label: 'Territory', value: 'US · rated PG' },
    { label: 'Audio', value: '5.1 · HI · Atmos' },
    { label: 'Package', value: 'VF 2' },
  ]);
});

test('the main composition is the longest feature, else the longest', () => {
  const of = (id: string, content_kind: string, duration_seconds: number) =>
    ({ id, content_kind, duration_seconds }) as Composition;
  expect(mainComposition([of('t', 'trailer', 900), of('f', 'feature', 60), of('g', 'feature', 50)])?.id).toBe('f');
  expect(mainComposition([of('t', 'trailer', 90), of('s', 'short', 900)])?.id).toBe('s');
  expect(mainComposition([])).toBeNull();
});
