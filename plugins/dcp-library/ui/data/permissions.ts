/** The permission of the plugin's manifest that scans and verifications need. The host checks every call again. */
export const MAY_MANAGE = 'dcp:manage';
/** The one that deleting, restoring and purging need. */
export const MAY_DELETE = 'dcp:delete';
