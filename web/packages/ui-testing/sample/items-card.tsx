import { Link, useApiList } from '@lamphouse/sdk';
import { Loadable, Status } from '@lamphouse/ui';
import { ITEM_STATES, type Item } from './item';

export function ItemsCard() {
  const items = useApiList<Item>('/items', { maxItems: 500 });
  return (
    <Loadable query={items}>
      {({ items: shown, total }) => (
        <div className="sample:flex sample:flex-col sample:gap-2">
          {Object.entries(ITEM_STATES).map(([state, look]) => (
            <div key={state} className="sample:flex sample:justify-between">
              <Status {...look} />
              <span>{shown.filter((item) => item.state === state).length}</span>
            </div>
          ))}
          <Link to="/">All {total} entries</Link>
        </div>
      )}
    </Loadable>
  );
}
