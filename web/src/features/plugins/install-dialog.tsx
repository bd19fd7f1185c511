import type { PackageInspection } from '@lamphouse/sdk';
import {
  Button,
  CheckboxField,
  CopyText,
  Dialog,
  formatBytes,
  KeyValueList,
  Skeleton,
  Status,
  TextField,
} from '@lamphouse/ui';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { postPackage } from '../../lib/api';
import { t } from '../../lib/messages';
import { useAction } from '../../lib/use-action';
import { FormError } from '../auth/form-error';
import { CapabilityReview } from './capability-review';

const MAX_BYTES = 64 * 1024 * 1024;

/** Choose a package, read what it asks for, then install it. Nothing is installed before the last step. */
export function InstallDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const [file, setFile] = useState<File | null>(null);
  const [grantAll, setGrantAll] = useState(false);
  const [typed, setTyped] = useState('');
  const inspect = useMutation({
    mutationFn: (chosen: File) => {
      if (chosen.size > MAX_BYTES)
        throw new Error(
          t('plugins.isAPackageHasAt', {
            name: chosen.name,
            size: formatBytes(chosen.size),
            most: formatBytes(MAX_BYTES),
          }),
        );
      return postPackage('/plugins/inspect', chosen);
    },
  });
  const install = useAction({
    run: (chosen: File) => postPackage('/plugins', chosen, { grant_all: grantAll || null }),
    failed: t('plugins.pluginNotInstalled'),
    done: (report) => {
      onClose();
      router.history.push(`/plugins/${report.id}${report.awaiting_grant.length > 0 ? '?tab=grants' : ''}`);
      if (report.waits_for) return t('plugins.waitsForApproval', { id: report.id, version: report.version });
      return report.unchanged
        ? t('plugins.wasInstalledAlready', { id: report.id, version: report.version })
        : t('plugins.installed', { id: report.id, version: report.version });
    },
    refreshes: [['plugins'], ['navigation'], ['notices']],
  });
  const choose = (chosen: File | undefined) => {
    if (chosen === undefined) return;
    setFile(chosen);
    setTyped('');
    inspect.mutate(chosen);
  };
  const found = inspect.data;
  const needsTyping = grantAll && (found?.capabilities.some((capability) => capability.risk === 'high') ?? false);
  const blocked = needsTyping && typed !== found?.manifest.id;
  const footer = (
    <>
      <Button onClick={onClose}>{t('plugins.cancel')}</Button>
      {found && file ? (
        <Button variant="primary" disabled={blocked} pending={install.isPending} onClick={() => install.mutate(file)}>
          {grantAll ? t('plugins.installAndGrantAll') : t('plugins.install')}
        </Button>
      ) : null}
    </>
  );
  return (
    <Dialog
      open
      onOpenChange={(next) => (next ? null : onClose())}
      title={found ? t('plugins.install2', { name: found.manifest.name }) : t('plugins.installPlugin')}
      footer={footer}
      wide
    >
      {file === null || inspect.error ? <DropZone onFile={choose} /> : null}
      {inspect.error ? (
        <div className="mt-3">
          <FormError error={inspect.error} />
        </div>
      ) : null}
      {inspect.isPending ? <Skeleton rows={6} /> : null}
      {found ? (
        <div className="flex flex-col gap-4">
          <Review found={found} />
          <CheckboxField
            label={t('plugins.grantAllItAsksFor')}
            hint={t('plugins.otherwiseItIsInstalledWithout')}
            checked={grantAll}
            onChange={setGrantAll}
          />
          {needsTyping ? (
            <TextField
              label={t('plugins.typeToGrantRightsOf', { id: found.manifest.id })}
              value={typed}
              onChange={setTyped}
              mono
            />
          ) : null}
          <FormError error={install.error} />
        </div>
      ) : null}
    </Dialog>
  );
}

function Review({ found }: { found: PackageInspection }) {
  const { manifest } = found;
  return (
    <>
      <p>{manifest.description}</p>
      <KeyValueList
        items={[
          { label: t('plugins.version'), value: manifest.version },
          { label: t('plugins.publisher'), value: manifest.publisher },
          { label: t('plugins.licence'), value: manifest.license },
          {
            label: t('plugins.signature'),
            value: found.signed_by ? (
              <Status state="ok" label={t('plugins.signedBy', { key: found.signed_by })} />
            ) : (
              <Status state="warn" label={t('plugins.notSigned')} />
            ),
          },
          {
            label: t('plugins.package'),
            value: <CopyText value={found.package_hash} label={t('plugins.packageDigest')} />,
          },
          ...(manifest.ui?.pages?.length
            ? [
                {
                  label: t('plugins.pages'),
                  value: manifest.ui.pages.map((page) => page.title).join(', '),
                },
              ]
            : []),
        ]}
      />
      <h3 className="text-form font-semibold">{t('plugins.whatItAsksFor')}</h3>
      <CapabilityReview
        capabilities={found.capabilities}
        added={[...found.changes.new, ...found.changes.wider].map((part) => part.interface)}
      />
    </>
  );
}

function DropZone({ onFile }: { onFile: (file: File | undefined) => void }) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFile(event.dataTransfer.files[0]);
  };
  return (
    <label
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`flex flex-col items-center gap-2 rounded-card border border-dashed px-6 py-10 text-center has-focus-visible:outline-2 has-focus-visible:outline-focus ${over ? 'border-focus bg-selected' : 'border-control hover:bg-raised'}`}
    >
      <FileUp size={28} aria-hidden className="text-muted" />
      <span className="text-form font-medium">{t('plugins.chooseAPackageFile')}</span>
      <span className="text-muted">{t('plugins.orDropItHereYou')}</span>
      <input
        type="file"
        accept=".wasm,application/wasm"
        className="sr-only"
        onChange={(event) => onFile(event.target.files?.[0])}
      />
    </label>
  );
}
