import type { HTMLInputAutoCompleteAttribute } from 'react';
import { classNames } from '../class-names';
import { type FieldCommon, FieldFrame, INPUT_CLASS } from './field-frame';

export interface TextFieldProps extends FieldCommon {
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  type?: 'text' | 'password' | 'number' | 'date' | 'url';
  lines?: number;
  placeholder?: string | undefined;
  autoComplete?: HTMLInputAutoCompleteAttribute;
  mono?: boolean;
  name?: string;
}

export function TextField(props: TextFieldProps) {
  const {
    value,
    onChange,
    onBlur,
    type = 'text',
    lines,
    placeholder,
    autoComplete = 'off',
    mono = false,
    name,
    ...frame
  } = props;
  return (
    <FieldFrame {...frame}>
      {(ids) => {
        const common = {
          ...ids,
          name,
          value,
          onBlur,
          placeholder,
          autoComplete,
          spellCheck: false,
          onChange: (event: { target: { value: string } }) => onChange(event.target.value),
        };
        return lines ? (
          <textarea
            {...common}
            rows={lines}
            className={classNames(INPUT_CLASS, 'py-1.5', mono && 'font-mono text-small')}
          />
        ) : (
          <input {...common} type={type} className={classNames(INPUT_CLASS, 'h-8', mono && 'font-mono')} />
        );
      }}
    </FieldFrame>
  );
}
