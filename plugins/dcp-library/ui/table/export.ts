/** Packages as files to keep. */
import type { PackageRow } from '../data/package-row';
import { toCsv } from './csv';
import { saveFile } from './save-file';

export function saveCsv(rows: readonly PackageRow[]): void {
  saveFile('packages.csv', 'text/csv;charset=utf-8', toCsv(rows));
}

export function saveJson(rows: readonly PackageRow[]): void {
  saveFile('packages.json', 'application/json', JSON.stringify(rows, null, 2));
}
