/** Checks of a UI's texts: that catalogues agree, and that no sentence stands outside of them. For tests in Node. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Messages } from '@lamphouse/sdk';
import compile from 'icu-minify/compile';
import { parseSync } from 'vite';

/** Attributes and properties whose value is shown. */
const SHOWN = new Set(
  'alt aria-label confirmLabel description failed header hint label message placeholder submitLabel subtitle title'.split(
    ' ',
  ),
);
/** Words that are the same in every language: names, units, keys. */
const NAMES = /^(Lamphouse|Ctrl K|Escape|Enter|[A-Z0-9/ ]+)$/;
/** Keys of texts. */
const KEY = /^\w+\.\w+$/;
const LEFT_OUT = /node_modules|[\\/](dist|mock|e2e|messages)[\\/]|\.(test|spec|d)\.tsx?$|api-schema\.ts$/;

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string';

function* children(node: Node): Iterable<[string, Node]> {
  for (const [key, value] of Object.entries(node)) {
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) yield [key, each];
  }
}

const hasWord = (text: string) => /\p{L}{2}/u.test(text) && !NAMES.test(text.trim()) && !KEY.test(text);
/** One word or several that begin large, or what goes on after a comma; class names, addresses and selectors do not. */
const isSentence = (text: string) =>
  hasWord(text) &&
  /^\p{Lu}[\p{Ll}’']+$|^\p{Lu}[\p{Ll}’']* .*\p{Ll}|\p{Ll} \p{Ll}+ \p{Ll}+.*[.?:]$|^[,·] \p{Ll}{2}/u.test(text) &&
  !/[[\]{}<>=;#]|https?:/.test(text);

function textOf(node: Node): string | null {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral') return null;
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join(' ');
}

function nameOf(node: Node): string {
  const name = (node.name ?? node.key) as Node | undefined;
  return String(name?.name ?? name?.value ?? '');
}

/** What is thrown is for developers, and types are for nobody. */
function isHidden(node: Node): boolean {
  if (node.type.startsWith('TS') && !/TSAsExpression|TSSatisfies|TSNonNull/.test(node.type)) return true;
  if (/^(Import|Export(All|Named))Declaration$/.test(node.type) && isNode(node.source)) return true;
  if (node.type === 'ThrowStatement') return true;
  const callee = node.type === 'CallExpression' ? (node.callee as Node) : null;
  return callee?.name === 'classNames';
}

function* findIn(node: Node, shown: boolean): Iterable<[number, string]> {
  if (isHidden(node)) return;
  if (node.type === 'JSXText') {
    if (hasWord(String(node.value))) yield [node.start, String(node.value).trim()];
    return;
  }
  const text = textOf(node);
  if (text !== null && (shown ? hasWord(text) : isSentence(text.trim()))) yield [node.start, text];
  const names = node.type === 'JSXAttribute' || node.type === 'Property';
  for (const [key, child] of children(node)) {
    if (key === 'key' || key === 'test') continue;
    const through = shown && /^(JSXExpressionContainer|ConditionalExpression|LogicalExpression)$/.test(node.type);
    yield* findIn(child, names && key === 'value' ? SHOWN.has(nameOf(node)) : through);
  }
}

/** Texts that stand in the sources below `folder` instead of in a catalogue: `path:line: text`. `names` need none. */
export function hardCodedTexts(folder: string, names: readonly string[] = []): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));
  return paths
    .map((path) => join(folder, path))
    .filter((path) => !LEFT_OUT.test(path))
    .flatMap((path) => {
      const source = readFileSync(path, 'utf8');
      const { program } = parseSync(path, source);
      const found = [...findIn(program as unknown as Node, false)].filter(([, text]) => !names.includes(text));
      return found.map(([at, text]) => `${relative(folder, path)}:${source.slice(0, at).split('\n').length}: ${text}`);
    });
}

/** Names of the values that a compiled text is given: parts are texts, or arrays that begin with a name. */
function* valueNames(parts: unknown): Iterable<string> {
  if (!Array.isArray(parts)) return;
  for (const part of parts) {
    if (!Array.isArray(part)) continue;
    const [name, , branches] = part as [string, unknown, unknown];
    yield name;
    for (const branch of Object.values((branches ?? {}) as object)) yield* valueNames(branch);
  }
}

const valuesOf = (text: string) => [...new Set(valueNames(compile(text)))].sort().join(' ');

/** Where two catalogues differ in their keys, or in what a text is given: `subject.name: why`. */
export function catalogueFaults(english: Messages, other: Messages): string[] {
  const flat = (messages: Messages) =>
    new Map(
      Object.entries(messages).flatMap(([subject, texts]) =>
        Object.entries(texts).map(([name, text]) => [`${subject}.${name}`, text] as const),
      ),
    );
  const [ours, theirs] = [flat(english), flat(other)];
  const missing = [...ours.keys()].filter((key) => !theirs.has(key)).map((key) => `${key}: not translated`);
  const unknown = [...theirs.keys()].filter((key) => !ours.has(key)).map((key) => `${key}: unknown in English`);
  const differing = [...ours].flatMap(([key, text]) => {
    const translated = theirs.get(key);
    if (translated === undefined) return [];
    if (translated.trim() === '') return [`${key}: empty`];
    return valuesOf(text) === valuesOf(translated) ? [] : [`${key}: is given other values`];
  });
  return [...missing, ...unknown, ...differing];
}
