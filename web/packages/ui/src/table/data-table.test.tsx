import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { Column } from './columns';
import { DataTable, type DataTableProps } from './data-table';

interface Row {
  id: string;
  name: string;
}

const COLUMNS: Column<Row>[] = [{ id: 'name', header: 'Name', value: (row) => row.name, width: 200 }];
const ROWS = Array.from({ length: 1000 }, (_, at) => ({ id: String(at), name: `row ${at}` }));

function Table(props: Partial<DataTableProps<Row>>) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  return (
    <DataTable
      label="Rows"
      rows={ROWS}
      rowId={(row) => row.id}
      columns={COLUMNS}
      selected={selected}
      onSelectedChange={setSelected}
      {...props}
    />
  );
}

const row = (name: string) => screen.getByText(name).closest<HTMLElement>('[role=row]') as HTMLElement;

describe('DataTable', () => {
  it('draws only the rows in view but tells how many there are', () => {
    render(<Table />);
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('1001');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
    expect(screen.getByRole('status').textContent).toContain('1,000 rows');
  });

  it('draws a row anew only when it changed itself', () => {
    const drawn: string[] = [];
    const cell = (each: Row) => {
      drawn.push(each.id);
      return each.name;
    };
    const columns = [{ ...COLUMNS[0], cell } as Column<Row>];
    render(<Table columns={columns} onOpen={() => undefined} />);
    drawn.length = 0;
    fireEvent.keyDown(row('row 0'), { key: ' ' });
    expect(drawn).toEqual(['0']);
  });

  it('moves by arrows and opens by Enter', async () => {
    const opened: string[] = [];
    render(<Table onOpen={(each) => opened.push(each.id)} />);
    fireEvent.keyDown(row('row 0'), { key: 'ArrowDown' });
    await waitFor(() => expect(document.activeElement).toBe(row('row 1')));
    fireEvent.keyDown(row('row 1'), { key: 'Enter' });
    expect(opened).toEqual(['1']);
  });

  it('selects by Space, extends by Shift, takes all by Ctrl+A, clears by Escape', async () => {
    render(<Table />);
    fireEvent.keyDown(row('row 0'), { key: ' ' });
    expect(row('row 0').getAttribute('aria-selected')).toBe('true');
    fireEvent.keyDown(row('row 0'), { key: 'ArrowDown', shiftKey: true });
    await waitFor(() => expect(screen.getByRole('status').textContent).toContain('2 selected'));
    fireEvent.keyDown(row('row 1'), { key: 'a', ctrlKey: true });
    expect(screen.getByRole('status').textContent).toContain('1,000 selected');
    fireEvent.keyDown(row('row 1'), { key: 'Escape' });
    expect(screen.getByRole('status').textContent).not.toContain('selected');
  });

  it('sorts by the header and says which way', () => {
    const sorts: unknown[] = [];
    render(<Table sort={{ column: 'name', descending: false }} onSortChange={(sort) => sorts.push(sort)} />);
    const header = screen.getByRole('columnheader', { name: /Name/ });
    expect(header.getAttribute('aria-sort')).toBe('ascending');
    fireEvent.click(within(header).getByRole('button'));
    expect(sorts).toEqual([{ column: 'name', descending: true }]);
  });

  it('offers to clear filters that hide every row', () => {
    const clear = vi.fn();
    render(<Table search="no such row" onClearFilters={clear} />);
    fireEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
    expect(clear).toHaveBeenCalledOnce();
  });

  it('shows the error with a way to try again, and what is empty', () => {
    const retry = vi.fn();
    const { rerender } = render(<Table rows={[]} error={new Error('the host is away')} onRetry={retry} />);
    expect(screen.getByRole('alert').textContent).toContain('the host is away');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledOnce();
    rerender(<Table rows={[]} empty={<p>None so far</p>} />);
    expect(screen.getByText('None so far')).toBeTruthy();
  });
});
