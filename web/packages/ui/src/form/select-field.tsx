import { type FieldCommon, FieldFrame, INPUT_CLASS } from './field-frame';

export interface SelectFieldProps extends FieldCommon {
  value: string;
  onChange: (value: string) => void;
  options: { value: string; label: string }[];
}

export function SelectField({ value, onChange, options, ...frame }: SelectFieldProps) {
  return (
    <FieldFrame {...frame}>
      {(ids) => (
        <select
          {...ids}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={`${INPUT_CLASS} lh-select h-8`}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}
