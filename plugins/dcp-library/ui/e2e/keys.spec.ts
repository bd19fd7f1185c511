/** A key is added to an encrypted package: the message is made for it here, so that its window begins and ends around now. */
import { randomUUID } from 'node:crypto';
import { expect, inspect, type Page, test } from '../../../../web/e2e/real';
import { NO_TROUBLES, openLibrary, openPackage, panel, row, SOON } from './library';

const ENCRYPTED = 'PaperComets_FTR-1-3D-4fl_S_EN-XX_INT_71_2K_PCM_20260601_LHP_SMPTE-3D_OV';
const HOUR_MS = 3_600_000;

test.setTimeout(180_000);

interface Locked {
  composition: string;
  key: string;
}

/** The ids that a message has to name. */
async function locked(page: Page): Promise<Locked> {
  const origin = new URL(page.url()).origin;
  const ask = async (path: string) => (await page.request.get(`${origin}/api/v1${path}`)).json();
  const [{ id }] = await ask(`/dcps?q=${ENCRYPTED}`);
  const { compositions, assets } = await ask(`/dcps/${id}`);
  const key = assets.map((asset: { key_id?: string }) => asset.key_id).find((each?: string) => each !== undefined);
  return { composition: compositions[0].id, key };
}

/** A message that opens the composition for that many hours from now. */
function message({ composition, key }: Locked, hours: number): string {
  const at = (fromNowMs: number) => new Date(Date.now() + fromNowMs).toISOString();
  const keyId = (type: string) => `<TypedKeyId><KeyType>${type}</KeyType><KeyId>urn:uuid:${key}</KeyId></TypedKeyId>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<DCinemaSecurityMessage xmlns="http://www.smpte-ra.org/schemas/430-3/2006/ETM"><AuthenticatedPublic Id="ID_Public">
<MessageId>urn:uuid:${randomUUID()}</MessageId><IssueDate>${at(-HOUR_MS)}</IssueDate><RequiredExtensions>
<KDMRequiredExtensions xmlns="http://www.smpte-ra.org/schemas/430-1/2006/KDM">
<Recipient><X509SubjectName>dnQualifier=abc=,CN=SM.Tests.Screen-4,O=Tests</X509SubjectName></Recipient>
<CompositionPlaylistId>urn:uuid:${composition}</CompositionPlaylistId><ContentTitleText>${ENCRYPTED}</ContentTitleText>
<ContentKeysNotValidBefore>${at(-HOUR_MS)}</ContentKeysNotValidBefore>
<ContentKeysNotValidAfter>${at(hours * HOUR_MS)}</ContentKeysNotValidAfter>
<KeyIdList>${keyId('MDIK')}${keyId('MDAK')}</KeyIdList></KDMRequiredExtensions></RequiredExtensions>
</AuthenticatedPublic><AuthenticatedPrivate Id="ID_Private"><EncryptedKey><CipherData><CipherValue>AAAA</CipherValue>
</CipherData></EncryptedKey></AuthenticatedPrivate><Signature/></DCinemaSecurityMessage>`;
}

async function add(page: Page, text: string): Promise<void> {
  const file = { name: 'for-screen-4.xml', mimeType: 'text/xml', buffer: Buffer.from(text) };
  await page.getByLabel('Files of keys').setInputFiles(file);
}

test('a package without a key gets one, and says how long it opens', async ({ page, house, troubles }) => {
  await openLibrary(page, house);
  await expect(row(page, ENCRYPTED)).toContainText('missing');
  await openPackage(page, ENCRYPTED);
  const comets = panel(page, ENCRYPTED);
  await comets.getByRole('button', { name: 'See the keys' }).click();
  await expect(comets.getByText('No key is here.')).toBeVisible();
  await inspect(page, 'missing');
  // Half an hour more than the time that is told, so that it is the same while the test runs.
  await add(page, message(await locked(page), 20.5));
  await expect(page.getByText('Key added', { exact: true }).first()).toBeVisible();
  await expect(comets.getByText('expires in 20 h')).toHaveCount(2, SOON);
  await expect(comets.getByRole('listitem').filter({ hasText: 'SM.Tests.Screen-4' })).toContainText('added here');
  await inspect(page, 'expires-soon');
  expect(await page.content(), 'what is secret of it is not shown').not.toContain('AAAA');
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(comets.getByText('A key was added')).toBeVisible();
  await page.getByRole('tab', { name: 'Keys' }).click();
  await add(page, '<notes>no key</notes>');
  await expect(page.getByText('The key was not added').first()).toBeVisible();
  await inspect(page, 'refused');
  await page.getByRole('button', { name: 'Close panel' }).click();
  await expect(row(page, ENCRYPTED)).toContainText('expires in 20 h');
  expect(troubles).toEqual({ ...NO_TROUBLES, refused: ['422 POST /api/v1/p/dcp-library/dcps/kdms'] });
});
