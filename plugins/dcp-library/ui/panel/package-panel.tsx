import { useSession } from '@lamphouse/sdk';
import {
  Button,
  CopyText,
  DetailPanel,
  ErrorState,
  IconButton,
  Menu,
  Skeleton,
  Status,
  type TabItem,
  Tabs,
} from '@lamphouse/ui';
import { ChevronDown, RefreshCw, ShieldCheck, Trash2, Zap } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Breakable } from '../breakable';
import { placeOf } from '../data/deletion';
import type { PackageDetail } from '../data/package-detail';
import { stateOf, titleOf } from '../data/package-row';
import { MAY_DELETE, MAY_MANAGE } from '../data/permissions';
import { usePackage } from '../data/use-package';
import { useVerification, type VerifyOptions } from '../data/use-verification';
import { DeleteDialog } from '../deletion/delete-dialog';
import { t } from '../messages';
import { PACKAGE_STATES } from '../states';
import { isHashing } from './asset-groups';
import { AssetsTab } from './assets-tab';
import { DocumentsTab } from './documents-tab';
import { FindingsTab } from './findings-tab';
import { HistoryTab } from './history-tab';
import { IdsTab } from './ids-tab';
import { KeysTab } from './keys-tab';
import { OverviewTab } from './overview-tab';
import { PlacesTab, placesOf } from './places-tab';
import { VerifyProgress } from './verify-progress';

/** Below this width the panel covers the list, so the focus must move into it. */
const COVERS_LIST = '(max-width: 1023px)';

export interface PackagePanelProps {
  id: string;
  tab: string;
  onTab: (tab: string) => void;
  onOpen: (id: string) => void;
  onClose: () => void;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
  onRescan: () => void;
  scanning: boolean;
}

/** Everything about one package. */
export function PackagePanel(props: PackagePanelProps) {
  const { id } = props;
  const { can } = useSession();
  const query = usePackage(id);
  const verification = useVerification(id);
  const frame = useRef<HTMLDivElement>(null);
  /** The place of the copy that is to be deleted. */
  const [deleting, setDeleting] = useState<string | null>(null);
  useEffect(() => {
    if (window.matchMedia(COVERS_LIST).matches) frame.current?.focus();
  }, []);
  const detail = query.data;
  const state = detail === undefined ? null : PACKAGE_STATES[stateOf(detail.state)];
  const current = verification.running?.current ?? null;
  const file = detail?.assets.find((asset) => isHashing(asset, current))?.path ?? current;
  const title =
    detail === undefined
      ? t('panel.package')
      : titleOf({ content_title: detail.content_title ?? null, package_name: detail.package_name ?? id });
  const verifying = verification.running !== null || verification.starting;
  const idle = detail === undefined || detail.state === 'unreachable';
  const copies =
    detail === undefined ? [] : placesOf(detail).map((each) => ({ id, place: placeOf(each.mount, each.path) }));
  // Busy buttons are marked, not disabled: a disabled one would drop the focus.
  const manage = can(MAY_MANAGE) ? (
    <>
      <Button
        size="small"
        icon={ShieldCheck}
        disabled={idle}
        aria-disabled={verifying || undefined}
        onClick={verifying ? undefined : () => verification.start()}
      >
        {verifying ? t('panel.verifying') : t('panel.verify')}
      </Button>
      {idle || verifying ? null : (
        <Menu
          label={t('verify.more')}
          icon={ChevronDown}
          items={[
            { id: 'full', label: t('verify.everything'), icon: ShieldCheck, run: () => verification.start() },
            { id: 'quick', label: t('verify.quick'), icon: Zap, run: () => verification.start({ mode: 'quick' }) },
          ]}
        />
      )}
      <Button
        size="small"
        icon={RefreshCw}
        aria-disabled={props.scanning || undefined}
        onClick={props.scanning ? undefined : props.onRescan}
      >
        {props.scanning ? t('panel.scanning') : t('panel.rescan')}
      </Button>
    </>
  ) : null;
  const actions = (
    <>
      {manage}
      {can(MAY_DELETE) && copies[0] ? (
        <IconButton
          size="small"
          icon={Trash2}
          label={t('delete.delete')}
          onClick={() => setDeleting(copies[0]?.place ?? null)}
        />
      ) : null}
    </>
  );
  return (
    <div ref={frame} tabIndex={-1} className="dcpl-panel">
      <DetailPanel
        title={<Breakable text={title} />}
        subtitle={<CopyText value={id} label={t('panel.packageId')} />}
        status={
          state ? (
            <span title={state.meaning}>
              <Status state={state.sign} label={state.label} />
            </span>
          ) : undefined
        }
        actions={actions}
        onClose={props.onClose}
        {...(props.onPrevious ? { onPrevious: props.onPrevious } : {})}
        {...(props.onNext ? { onNext: props.onNext } : {})}
      >
        {verification.running ? <VerifyProgress percent={verification.running.percent} file={file} /> : null}
        {detail === undefined ? (
          <PanelWait error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <PanelTabs
            detail={detail}
            file={file}
            onVerify={can(MAY_MANAGE) && !verifying ? verification.start : null}
            onDelete={can(MAY_DELETE) ? setDeleting : null}
            {...props}
          />
        )}
      </DetailPanel>
      {deleting === null ? null : (
        <DeleteDialog
          name={detail?.package_name ?? id}
          choice={copies}
          copies={copies.filter(({ place }) => place === deleting)}
          onClose={() => setDeleting(null)}
        />
      )}
    </div>
  );
}

function PanelWait({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return error ? <ErrorState error={error} onRetry={onRetry} /> : <Skeleton rows={10} />;
}

function PanelTabs({
  detail,
  file,
  tab,
  onTab,
  onOpen,
  onVerify,
  onDelete,
}: PackagePanelProps & {
  detail: PackageDetail;
  file: string | null;
  onVerify: ((options: VerifyOptions) => void) | null;
  onDelete: ((place: string) => void) | null;
}) {
  const tabs: TabItem[] = [
    {
      id: 'overview',
      label: t('panel.overview'),
      content: <OverviewTab detail={detail} onOpen={onOpen} onKeys={() => onTab('keys')} />,
    },
    {
      id: 'assets',
      label: t('panel.assets'),
      count: detail.assets.length,
      content: <AssetsTab detail={detail} hashing={file} onOpen={onOpen} />,
    },
    ...(detail.keys?.compositions.length
      ? [{ id: 'keys', label: t('keys.keys'), content: <KeysTab detail={detail} /> }]
      : []),
    {
      id: 'findings',
      label: t('panel.findings2'),
      count: detail.findings.length,
      content: <FindingsTab findings={detail.findings} />,
    },
    {
      id: 'places',
      label: t('panel.places'),
      content: <PlacesTab detail={detail} onVerify={onVerify} onDelete={onDelete} />,
    },
    { id: 'history', label: t('history.tab'), content: <HistoryTab id={detail.id} /> },
    { id: 'ids', label: t('panel.rawIds'), content: <IdsTab detail={detail} /> },
    { id: 'xml', label: t('documents.tab'), content: <DocumentsTab key={detail.id} id={detail.id} /> },
  ];
  const known = tabs.some((each) => each.id === tab) ? tab : 'overview';
  return <Tabs value={known} onChange={onTab} tabs={tabs} label={t('panel.partsOfThePackage')} />;
}
