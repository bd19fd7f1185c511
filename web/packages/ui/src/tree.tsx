import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useMemo, useState } from 'react';
import type { IconComponent } from './button';
import { classNames } from './class-names';

export interface TreeNode {
  id: string;
  label: ReactNode;
  meta?: ReactNode;
  icon?: IconComponent;
  children?: TreeNode[];
}

interface Line {
  node: TreeNode;
  level: number;
  parent: string | null;
}

function lines(nodes: TreeNode[], open: ReadonlySet<string>, level = 1, parent: string | null = null): Line[] {
  return nodes.flatMap((node) => [
    { node, level, parent },
    ...(node.children && open.has(node.id) ? lines(node.children, open, level + 1, node.id) : []),
  ]);
}

function allParents(nodes: TreeNode[]): string[] {
  return nodes.flatMap((node) => (node.children ? [node.id, ...allParents(node.children)] : []));
}

/** A tree that opens and closes; arrows move in it. */
export function Tree({ label, nodes }: { label: string; nodes: TreeNode[] }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(allParents(nodes)));
  const shown = useMemo(() => lines(nodes, open), [nodes, open]);
  const [current, setCurrent] = useState<string | null>(null);
  const active = shown.some((line) => line.node.id === current) ? current : (shown[0]?.node.id ?? null);
  const setExpanded = (id: string, expanded: boolean) =>
    setOpen((now) => {
      const next = new Set(now);
      if (expanded) next.add(id);
      else next.delete(id);
      return next;
    });
  const focus = (tree: HTMLElement, id: string | null | undefined) => {
    if (!id) return;
    setCurrent(id);
    tree.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.focus();
  };
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    const at = shown.findIndex((line) => line.node.id === active);
    const line = shown[at];
    if (line === undefined) return;
    const tree = event.currentTarget;
    const expanded = open.has(line.node.id);
    const steps: Record<string, () => void> = {
      ArrowDown: () => focus(tree, shown[at + 1]?.node.id),
      ArrowUp: () => focus(tree, shown[at - 1]?.node.id),
      Home: () => focus(tree, shown[0]?.node.id),
      End: () => focus(tree, shown.at(-1)?.node.id),
      ArrowRight: () =>
        line.node.children && !expanded ? setExpanded(line.node.id, true) : focus(tree, shown[at + 1]?.node.id),
      ArrowLeft: () => (line.node.children && expanded ? setExpanded(line.node.id, false) : focus(tree, line.parent)),
      Enter: () => line.node.children && setExpanded(line.node.id, !expanded),
    };
    const step = steps[event.key];
    if (step === undefined || event.target !== tree.querySelector(`[data-node="${CSS.escape(line.node.id)}"]`)) return;
    event.preventDefault();
    step();
  };
  return (
    <div role="tree" aria-label={label} onKeyDown={onKey} className="text-body">
      {shown.map(({ node, level }) => {
        const expanded = open.has(node.id);
        const Chevron = expanded ? ChevronDown : ChevronRight;
        const Icon = node.icon;
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
          <div
            key={node.id}
            role="treeitem"
            aria-level={level}
            aria-expanded={node.children ? expanded : undefined}
            aria-selected={node.id === active}
            data-node={node.id}
            tabIndex={node.id === active ? 0 : -1}
            onClick={() => {
              setCurrent(node.id);
              if (node.children) setExpanded(node.id, !expanded);
            }}
            style={{ paddingInlineStart: (level - 1) * 16 + 4 }}
            className={classNames(
              'flex min-h-7 min-w-0 items-center gap-1.5 rounded-control pr-2 hover:bg-raised',
              node.children && 'cursor-pointer',
            )}
          >
            {node.children ? (
              <Chevron size={14} aria-hidden className="shrink-0 text-muted" />
            ) : (
              <span className="w-3.5 shrink-0" />
            )}
            {Icon ? <Icon size={14} aria-hidden className="shrink-0 text-muted" /> : null}
            <span className="min-w-0 flex-1 truncate">{node.label}</span>
            {node.meta ? <span className="shrink-0 text-small text-muted">{node.meta}</span> : null}
          </div>
        );
      })}
    </div>
  );
}
