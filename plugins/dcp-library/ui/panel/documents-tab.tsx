import { useApiQuery, useToast } from '@lamphouse/sdk';
import { Button, formatBytes, Loadable, SelectField } from '@lamphouse/ui';
import { Copy, Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { asUtf8, type DocumentFile, type DocumentText, sourceLines } from '../data/documents';
import { t } from '../messages';
import { saveFile } from '../table/save-file';
import { SourceView } from './source-view';

/** The documents of the package as they are written. */
export function DocumentsTab({ id }: { id: string }) {
  const documents = useApiQuery<DocumentFile[]>(`/dcps/${id}/documents`);
  return (
    <div className="dcpl-tab dcpl-documents">
      <Loadable query={documents} empty={<p className="dcpl-muted">{t('documents.none')}</p>}>
        {(files) => <Documents id={id} files={files} />}
      </Loadable>
    </div>
  );
}

function Documents({ id, files }: { id: string; files: readonly DocumentFile[] }) {
  const first = files.find(({ kind }) => kind === 'composition') ?? files[0];
  const [chosen, setChosen] = useState(first?.file ?? '');
  const file = files.some((each) => each.file === chosen) ? chosen : (first?.file ?? '');
  const document = useApiQuery<DocumentText>(`/dcps/${id}/documents`, { query: { file }, staleTime: 60_000 });
  return (
    <>
      <SelectField
        label={t('documents.document')}
        value={file}
        onChange={setChosen}
        options={files.map((each) => ({ value: each.file, label: `${t(`documents.${each.kind}`)}: ${each.file}` }))}
      />
      <Loadable query={document} rows={10}>
        {(data) => <Source key={data.file} document={data} />}
      </Loadable>
    </>
  );
}

function Source({ document }: { document: DocumentText }) {
  const { file, text, size_bytes: bytes } = document;
  const toast = useToast();
  const lines = useMemo(() => sourceLines(text), [text]);
  const count = lines.filter(({ number }) => number !== null).length;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast({ title: t('documents.copied'), tone: 'ok' });
    } catch {
      toast({ title: t('documents.refused'), tone: 'warn' });
    }
  };
  return (
    <>
      <div className="dcpl-line">
        <Button size="small" icon={Copy} onClick={() => void copy()}>
          {t('documents.copy')}
        </Button>
        <Button
          size="small"
          icon={Download}
          onClick={() => saveFile(file.split('/').at(-1) ?? file, 'application/xml', asUtf8(text))}
        >
          {t('documents.download')}
        </Button>
        <span className="dcpl-muted dcpl-small">{t('documents.lines', { count, size: formatBytes(bytes) })}</span>
      </div>
      {document.encoding_damaged ? <p className="dcpl-muted">{t('documents.damaged')}</p> : null}
      <SourceView lines={lines} label={t('documents.source', { file })} />
    </>
  );
}
