import { LoaderCircle } from 'lucide-react';
import type { ButtonHTMLAttributes, ComponentType } from 'react';
import { classNames } from './class-names';

export type IconComponent = ComponentType<{ size?: number | string; 'aria-hidden'?: boolean; className?: string }>;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: 'primary' | 'default' | 'ghost' | 'danger';
  size?: 'small' | 'medium';
  icon?: IconComponent;
  /** Its action is under way: no second press, said to screen readers. */
  pending?: boolean;
}

const VARIANTS = {
  primary: 'border-primary-edge bg-primary text-on-primary hover:brightness-110',
  default: 'border-control bg-surface text-fg hover:bg-raised',
  ghost: 'border-transparent bg-transparent text-fg hover:bg-raised',
  danger: 'border-danger-edge bg-danger text-on-danger hover:brightness-110',
};

const SIZES = { small: 'h-6 px-2 text-small gap-1', medium: 'h-8 px-3 text-body gap-1.5' };

export function buttonClass(variant: ButtonProps['variant'] = 'default', size: ButtonProps['size'] = 'medium'): string {
  return classNames(
    'lh-touch inline-flex shrink-0 items-center justify-center rounded-control border font-medium whitespace-nowrap no-underline',
    'transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-55',
    VARIANTS[variant],
    SIZES[size],
  );
}

export function Button({ variant, size, icon: Icon, pending, className, children, disabled, ...rest }: ButtonProps) {
  const Shown = pending ? LoaderCircle : Icon;
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || pending}
      aria-busy={pending || undefined}
      className={classNames(buttonClass(variant, size), className)}
    >
      {Shown ? <Shown size={size === 'small' ? 14 : 16} aria-hidden /> : null}
      {children}
    </button>
  );
}
