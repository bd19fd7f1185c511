import { EmptyState, Loadable, Section } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { t } from '../../lib/messages';
import { noticesQuery } from '../../lib/queries';
import { NoticeList } from '../notices/notice-list';

const SHOWN = 8;

export function AttentionCard() {
  const notices = useQuery(noticesQuery);
  return (
    <Section title={t('dashboard.needsAttention')} flush>
      <Loadable
        query={notices}
        empty={
          <EmptyState
            icon={CircleCheck}
            title={t('dashboard.nothingNeedsYou')}
            message={t('dashboard.problemsAndRequestsOfPlugins')}
          />
        }
      >
        {(data) => (
          <>
            <NoticeList notices={data.slice(0, SHOWN)} />
            {data.length > SHOWN ? (
              <p className="border-t border-line px-4 py-2 text-small text-muted">
                {t('dashboard.moreUnderTheBellAbove', { count: data.length - SHOWN })}
              </p>
            ) : null}
          </>
        )}
      </Loadable>
    </Section>
  );
}
