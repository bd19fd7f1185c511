/** What the made-up entries are called. */
export const SUBJECTS = [
  'autumn-0417',
  'harbour-1102',
  'meadow-0093',
  'lantern-2210',
  'granite-0715',
  'willow-3301',
  'cobalt-0008',
];
