/** What the words of the trade mean, in one sentence each. */
export const TERMS = {
  dcp: 'Digital Cinema Package: the folder of files a cinema receives to play one title.',
  cpl: 'Composition playlist: the running order of a title, reel by reel. Keys and schedules refer to it.',
  pkl: 'Packing list: the delivery note of a package. It gives the size and hash of every file, and verification checks against it.',
  ov: 'Original version: everything it plays is in its own package.',
  vf: 'Version file: a change to an original version. It plays only where the original is present as well.',
  smpte: 'The current standard of digital cinema packages (SMPTE ST 429).',
  interop: 'The format from before the SMPTE standard. Still in daily use; a few features differ.',
  mixed: 'Documents of both SMPTE and Interop in one package. Some servers refuse it.',
  kdm: 'Key delivery message: opens an encrypted title on one server for a limited time.',
  atmos: 'Immersive sound: a Dolby Atmos or other object track beside the channels.',
  reel: 'A part of a title. Reels play one after the other without a gap.',
} as const;

export type TermKey = keyof typeof TERMS;
