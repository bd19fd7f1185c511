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
          `${chosen.name} is ${formatBytes(chosen.size)}; a package has at most ${formatBytes(MAX_BYTES)}.`,
        );
      return postPackage('/plugins/inspect', chosen);
    },
  });
  const install = useAction({
    run: (chosen: File) => postPackage('/plugins', chosen, { grant_all: grantAll || null }),
    failed: 'Plugin not installed',
    done: (report) => {
      onClose();
      router.history.push(`/plugins/${report.id}${report.awaiting_grant.length > 0 ? '?tab=grants' : ''}`);
      return report.unchanged
        ? `${report.id} ${report.version} was installed already`
        : `Installed ${report.id} ${report.version}`;
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
      <Button onClick={onClose}>Cancel</Button>
      {found && file ? (
        <Button variant="primary" disabled={blocked} pending={install.isPending} onClick={() => install.mutate(file)}>
          {grantAll ? 'Install and grant all' : 'Install'}
        </Button>
      ) : null}
    </>
  );
  return (
    <Dialog
      open
      onOpenChange={(next) => (next ? null : onClose())}
      title={found ? `Install ${found.manifest.name}?` : 'Install plugin'}
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
            label="Grant all it asks for"
            hint="Otherwise it is installed without any rights, and you grant each one yourself."
            checked={grantAll}
            onChange={setGrantAll}
          />
          {needsTyping ? (
            <TextField
              label={`Type ${found.manifest.id} to grant rights of high risk`}
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
          { label: 'Version', value: manifest.version },
          { label: 'Publisher', value: manifest.publisher },
          { label: 'Licence', value: manifest.license },
          {
            label: 'Signature',
            value: found.signed_by ? (
              <Status state="ok" label={`Signed by ${found.signed_by}`} />
            ) : (
              <Status state="warn" label="Not signed" />
            ),
          },
          { label: 'Package', value: <CopyText value={found.package_hash} label="package digest" /> },
          ...(manifest.ui?.pages?.length
            ? [
                {
                  label: 'Pages',
                  value: manifest.ui.pages.map((page) => page.title).join(', '),
                },
              ]
            : []),
        ]}
      />
      <h3 className="text-form font-semibold">What it asks for</h3>
      <CapabilityReview
        capabilities={found.capabilities}
        added={found.changes.new_capabilities.map((capability) => capability.interface)}
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
      <span className="text-form font-medium">Choose a package file</span>
      <span className="text-muted">or drop it here. You see what it asks for before anything is installed.</span>
      <input
        type="file"
        accept=".wasm,application/wasm"
        className="sr-only"
        onChange={(event) => onFile(event.target.files?.[0])}
      />
    </label>
  );
}
