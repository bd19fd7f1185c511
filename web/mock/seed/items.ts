import { SUBJECTS } from './subjects.ts';
import { ago, createRandom, GIGABYTE } from './time.ts';

export interface Item {
  id: string;
  title: string;
  state: 'ready' | 'checking' | 'damaged';
  parts: number;
  size: number;
  seen_at: string;
}

export function seedItems(count: number): Item[] {
  const random = createRandom(11);
  return Array.from({ length: count }, (_, number) => ({
    id: String(number + 1),
    title: `${SUBJECTS[number % SUBJECTS.length]}-${String(number + 1).padStart(5, '0')}`,
    state: number % 17 === 0 ? 'damaged' : number % 11 === 0 ? 'checking' : 'ready',
    parts: 1 + Math.floor(random() * 9),
    size: Math.floor(random() * 220 * GIGABYTE),
    seen_at: ago(number * 11),
  }));
}
