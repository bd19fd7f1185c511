import { describe, expect, test } from 'vitest';
import {
  channelsLabel,
  containerLabel,
  formatLabel,
  hashHex,
  kindLabel,
  languageName,
  languagesShort,
  rateLabel,
  runningTime,
  soundShort,
  timecode,
} from './format';

describe('running times and rates', () => {
  test.each([
    [0, '0:00'],
    [4.4, '0:04'],
    [90, '1:30'],
    [3599.6, '1:00:00'],
    [7471, '2:04:31'],
  ])('%s seconds read %s', (seconds, text) => expect(runningTime(seconds)).toBe(text));

  test('a timecode counts whole frames at the nominal rate', () => {
    expect(timecode(24 * 3600 + 24 * 61 + 5, [24, 1])).toBe('01:01:01:05');
    expect(timecode(48, [24000, 1001])).toBe('00:00:02:00');
    expect(timecode(0, [1, 10])).toBe('00:00:00:00');
  });

  test('fractional rates keep three decimals at most', () => {
    expect(rateLabel([24, 1])).toBe('24 fps');
    expect(rateLabel([24000, 1001])).toBe('23.976 fps');
    expect(rateLabel([25, 2])).toBe('12.5 fps');
  });
});

describe('words', () => {
  test('known kinds have a word, unknown ones stay, absent ones say so', () => {
    expect(kindLabel('feature')).toBe('Feature');
    expect(kindLabel('Preshow Loop')).toBe('Preshow Loop');
    expect(kindLabel(null)).toBe('Unknown');
    expect(kindLabel('')).toBe('Unknown');
    expect(formatLabel('smpte')).toBe('SMPTE');
    expect(formatLabel(null)).toBe('Unreadable');
  });

  test('containers are named by size', () => {
    expect(containerLabel([1998, 1080])).toBe('Flat 2K, 1998 × 1080');
    expect(containerLabel([1280, 720])).toBe('1280 × 720');
  });

  test('sound is named by its bed', () => {
    expect(soundShort(6, false)).toBe('5.1');
    expect(soundShort(16, false)).toBe('16 ch');
    expect(soundShort(16, true)).toBe('Immersive');
    expect(soundShort(null, false)).toBeNull();
    expect(channelsLabel(6)).toBe('5.1 (6 channels)');
    expect(channelsLabel(2)).toBe('Stereo');
    expect(channelsLabel(16)).toBe('16 channels');
  });

  test('languages are named, and text that is no tag stays', () => {
    expect(languageName('fr')).toBe('French');
    expect(languageName('Sous-titres français')).toBe('Sous-titres français');
    expect(languagesShort({ sound: ['en'], subtitle: ['fr', 'nl'], closed_caption: [] })).toBe('en · sub fr, nl');
    expect(languagesShort({ sound: [], subtitle: [], closed_caption: [] })).toBeNull();
  });
});

test('hashes are shown as hex, whatever space is around them', () => {
  expect(hashHex(' qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\n')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  expect(hashHex('***')).toBeNull();
});
