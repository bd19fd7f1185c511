/** The host's built-in roles, most powerful first. */
export const ROLES = [
  { value: 'admin', label: 'Administrator: everything' },
  { value: 'operator', label: 'Operator: runs the work' },
  { value: 'engineer', label: 'Engineer: runs and repairs the work' },
  { value: 'colorist', label: 'Colorist: works on pictures' },
  { value: 'viewer', label: 'Viewer: sees, changes nothing' },
];
