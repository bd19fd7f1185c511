import { Badge } from '@lamphouse/ui';
import { Muted } from './muted';

/** The tags of a package in one line. */
export function TagsCell({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return <Muted text={null} />;
  return (
    <span className="dcpl-tags" title={tags.join(', ')}>
      {tags.map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
    </span>
  );
}
