import { Fragment } from 'react';

/** A long name that may break after its underscores, and only there. */
export function Breakable({ text }: { text: string }) {
  return text.split(/(?<=_)/).map((part, place) => (
    <Fragment key={place}>
      {part}
      <wbr />
    </Fragment>
  ));
}
