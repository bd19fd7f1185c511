import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { SchemaForm } from './schema-form';
import { changes, fieldKind, fieldTitle, startValues, validate } from './schema-model';

const SCHEMA = {
  type: 'object',
  required: ['folder', 'token'],
  properties: {
    folder: { type: 'string', title: 'Folder', minLength: 2 },
    every_minutes: { type: 'integer', minimum: 1, default: 15 },
    notify: { type: 'boolean', title: 'Notify' },
    token: { type: 'string', title: 'Token', writeOnly: true },
    remote: {
      type: 'object',
      title: 'Remote',
      properties: { port: { type: 'integer', title: 'Port', maximum: 65_535 } },
    },
  },
};

describe('schema model', () => {
  it('names the kind of each property', () => {
    expect(fieldKind({ type: 'string', writeOnly: true })).toBe('secret');
    expect(fieldKind({ type: ['string', 'null'] })).toBe('text');
    expect(fieldKind({ enum: ['a'] })).toBe('choice');
    expect(fieldKind({ type: 'array', items: { type: 'string' } })).toBe('list');
    expect(fieldKind({ type: 'array', items: { type: 'object' } })).toBe('json');
  });

  it('makes a title of a key', () => {
    expect(fieldTitle('check_everyMinutes', {})).toBe('Check every minutes');
  });

  it('starts with what is kept, then with defaults', () => {
    expect(startValues(SCHEMA, { folder: 'in', token: null })).toEqual({ folder: 'in', every_minutes: 15, remote: {} });
  });

  it('sends only what changed, and null for what was removed', () => {
    expect(changes({ a: 1, b: 2, c: [1] }, { a: 1, c: [2] })).toEqual({ b: null, c: [2] });
  });

  it('counts a kept secret as given', async () => {
    expect(await validate(SCHEMA, { folder: 'in' }, ['token'])).toEqual({});
    expect(await validate(SCHEMA, {}, ['token'])).toEqual({ folder: 'This is required.' });
  });

  it('names the nested field that is wrong', async () => {
    expect(Object.keys(await validate(SCHEMA, { folder: 'in', remote: { port: 99_999 } }, ['token']))).toEqual([
      'remote/port',
    ]);
  });
});

describe('SchemaForm', () => {
  const draw = (onSubmit: (changed: Record<string, unknown>) => Promise<void>) =>
    render(
      <SchemaForm schema={SCHEMA} values={{ folder: 'in', token: null }} submitLabel="Save" onSubmit={onSubmit} />,
    );

  it('sends the changed fields alone', async () => {
    const submit = vi.fn(async () => undefined);
    draw(submit);
    fireEvent.change(screen.getByLabelText(/Folder/), { target: { value: 'intake' } });
    fireEvent.click(screen.getByLabelText('Notify'));
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(submit).toHaveBeenCalledWith({ folder: 'intake', notify: true }));
  });

  it('marks a wrong field and sends nothing', async () => {
    const submit = vi.fn(async () => undefined);
    draw(submit);
    fireEvent.change(screen.getByLabelText(/Folder/), { target: { value: 'x' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.getByLabelText(/Folder/).getAttribute('aria-invalid')).toBe('true'));
    expect(submit).not.toHaveBeenCalled();
  });

  it('shows what the host refused beside its field', async () => {
    draw(async () => {
      throw Object.assign(new Error('that folder does not exist'), { field: 'folder' });
    });
    fireEvent.change(screen.getByLabelText(/Folder/), { target: { value: 'nowhere' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.getByText('that folder does not exist')).toBeTruthy());
  });
});
