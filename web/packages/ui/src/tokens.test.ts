import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

type Rgb = [number, number, number];
type Tokens = Record<string, string>;

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

function block(selector: string): Tokens {
  const start = css.indexOf(`${selector} {`);
  const body = css.slice(start, css.indexOf('}', start));
  return Object.fromEntries([...body.matchAll(/--lh-([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]));
}

const dark = block(':root');
const light = { ...dark, ...block(':root[data-theme="light"]') };

function rgb(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Rgb;
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: Rgb, other: Rgb): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function tint(tokens: Tokens, name: string): Rgb {
  const share = Number.parseFloat(tokens['tint-share'] ?? '') / 100;
  const surface = rgb(tokens['surface-1'] ?? '');
  return rgb(tokens[name] ?? '').map((part, at) => part * share + (surface[at] ?? 0) * (1 - share)) as Rgb;
}

const TEXT = 4.5;
const SHAPE = 3;
const SURFACES = ['bg', 'surface-1', 'surface-2', 'sunken', 'field'];
const STATES = ['ok', 'active', 'warn', 'bad', 'idle'];

const pairs: [string, string, number][] = [
  ...SURFACES.flatMap((surface): [string, string, number][] => [
    ['fg', surface, TEXT],
    ['fg-muted', surface, TEXT],
    ['link', surface, TEXT],
    ['focus', surface, SHAPE],
  ]),
  ...[...SURFACES, 'selected'].flatMap((surface) =>
    STATES.map((state): [string, string, number] => [state, surface, TEXT]),
  ),
  ...['bg', 'surface-1', 'sunken', 'field'].map((surface): [string, string, number] => [
    'border-control',
    surface,
    SHAPE,
  ]),
  ['fg', 'selected', TEXT],
  ['fg-selected', 'selected', TEXT],
  ['on-primary', 'primary', TEXT],
  ['on-danger', 'danger', TEXT],
  ['primary-edge', 'surface-1', SHAPE],
  ['danger-edge', 'surface-1', SHAPE],
  ...['ok', 'active', 'warn', 'bad'].map((state): [string, string, number] => [`fill-${state}`, 'track', SHAPE]),
];

describe.each([
  ['dark', dark],
  ['light', light],
])('%s tokens', (_theme, tokens) => {
  it.each(pairs)('%s on %s reach %d', (text, surface, least) => {
    expect(contrast(rgb(tokens[text] ?? ''), rgb(tokens[surface] ?? ''))).toBeGreaterThanOrEqual(least);
  });

  it.each(STATES)('%s is readable on its own tint', (state) => {
    expect(contrast(rgb(tokens[state] ?? ''), tint(tokens, state))).toBeGreaterThanOrEqual(TEXT);
  });
});
