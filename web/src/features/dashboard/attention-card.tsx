import { EmptyState, Loadable, Section } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { noticesQuery } from '../../lib/queries';
import { NoticeList } from '../notices/notice-list';

const SHOWN = 8;

export function AttentionCard() {
  const notices = useQuery(noticesQuery);
  return (
    <Section title="Needs attention" flush>
      <Loadable
        query={notices}
        empty={
          <EmptyState
            icon={CircleCheck}
            title="Nothing needs you"
            message="Problems and requests of plugins show up here."
          />
        }
      >
        {(data) => (
          <>
            <NoticeList notices={data.slice(0, SHOWN)} />
            {data.length > SHOWN ? (
              <p className="border-t border-line px-4 py-2 text-small text-muted">
                {data.length - SHOWN} more under the bell above.
              </p>
            ) : null}
          </>
        )}
      </Loadable>
    </Section>
  );
}
