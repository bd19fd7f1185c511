import { expect, test } from 'vitest';
import type { Asset } from '../data/package-detail';
import { trackFinder } from './tracks';

const own = { id: 'own', kind: 'picture', type: '', path: 'own.mxf', size_bytes: 1, state: 'ok' } satisfies Asset;
const original = { id: 'original', content_title: 'Film_OV', asset_ids: ['theirs'] };
const find = trackFinder({ assets: [own], links: { originals: [original] } });

test('a track of the package itself has its asset', () =>
  expect(find({ id: 'own' })).toEqual({ asset: own, holder: null }));

test('a track of another package leads there', () =>
  expect(find({ id: 'theirs' })).toEqual({ asset: null, holder: original }));

test('a track that no package here has leads nowhere', () =>
  expect(find({ id: 'gone' })).toEqual({ asset: null, holder: null }));
