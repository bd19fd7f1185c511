import { valibotResolver } from '@hookform/resolvers/valibot';
import { type DefaultValues, type FieldValues, useForm } from 'react-hook-form';
import type * as v from 'valibot';

/** A form checked by a schema, at submit and then as it is mended. */
export function useValidForm<F extends FieldValues>(schema: v.GenericSchema<F>, defaultValues: DefaultValues<F>) {
  return useForm<F>({ resolver: valibotResolver(schema as never) as never, defaultValues, shouldFocusError: true });
}
