import type { ButtonHTMLAttributes } from 'react';
import type { IconComponent } from './button';
import { classNames } from './class-names';

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconComponent;
  /** Its name; shown as the browser's own tooltip as well. */
  label: string;
  size?: 'small' | 'medium';
}

export function IconButton({ icon: Icon, label, size = 'medium', className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={classNames(
        'lh-touch inline-flex shrink-0 items-center justify-center rounded-control text-muted hover:bg-raised hover:text-fg',
        'disabled:cursor-not-allowed disabled:opacity-55',
        size === 'small' ? 'size-6' : 'size-8',
        className,
      )}
    >
      <Icon size={size === 'small' ? 14 : 16} aria-hidden />
    </button>
  );
}
