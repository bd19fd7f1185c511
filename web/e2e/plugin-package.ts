/** Packages of plugins: components (WebAssembly, Component Model binary format) with the manifest in a section of its own. */

/** What tests change of a manifest. */
export interface Manifest {
  version: string;
  capabilities: { interface: string; allow: { name: string; rights: string[] }[] }[];
}

const HEADER_BYTES = 8;
const CUSTOM = 0;
const SECTION = 'lamphouse:manifest';

/** A number in LEB128, and where it ends. */
function readNumber(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start, shift = 0; at < bytes.length; at += 1, shift += 7) {
    const byte = bytes.readUInt8(at);
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new Error('the package ends within a number');
}

function number(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** The package with another manifest. Unsigned ones stay good packages. */
export function withManifest(file: Buffer, change: (manifest: Manifest) => void): Buffer {
  let at = HEADER_BYTES;
  while (at < file.length) {
    const size = readNumber(file, at + 1);
    const end = size.end + size.value;
    if (file.readUInt8(at) === CUSTOM) {
      const name = readNumber(file, size.end);
      const data = name.end + name.value;
      if (file.toString('utf8', name.end, data) === SECTION) {
        const manifest = JSON.parse(file.toString('utf8', data, end)) as Manifest;
        change(manifest);
        const content = Buffer.concat([file.subarray(size.end, data), Buffer.from(JSON.stringify(manifest))]);
        return Buffer.concat([file.subarray(0, at + 1), number(content.length), content, file.subarray(end)]);
      }
    }
    at = end;
  }
  throw new Error(`the package has no section ${SECTION}`);
}
