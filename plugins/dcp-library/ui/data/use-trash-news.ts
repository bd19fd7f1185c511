import { useEvents, useSession, useToast } from '@lamphouse/sdk';
import { useEffect, useRef } from 'react';
import { t } from '../messages';
import { NewsGatherer, readTrashNews, type TrashNews } from './trash-news';
import { useTrashActions } from './use-trash';

/** Tells what came of a deletion, with the way back. */
export function useTrashNews(): void {
  const toast = useToast();
  const { user } = useSession();
  const { restore } = useTrashActions();
  const tell = useRef((_: readonly TrashNews[]) => {});
  tell.current = (news) => {
    const of = (state: string) => news.filter((each) => each.state === state);
    const words = (each: readonly TrashNews[]) => ({ count: each.length, name: each[0]?.name ?? '' });
    const [gone, back] = [of('trashed'), of('restored')];
    if (gone.length > 0) {
      const action = { label: t('delete.undo'), run: () => restore(gone.map(({ id }) => id)) };
      toast({ title: t('delete.inTrash', words(gone)), tone: 'ok', action });
    }
    if (back.length > 0) toast({ title: t('delete.restored', words(back)), tone: 'ok' });
    const failed = (state: string, title: (name: string) => string) => {
      for (const { name, message } of of(state)) toast({ title: title(name), message: message ?? '', tone: 'bad' });
    };
    failed('not-deleted', () => t('delete.refused'));
    failed('not-restored', (name) => t('delete.notRestored', { name }));
    failed('not-purged', (name) => t('delete.notPurged', { name }));
  };
  const gatherer = useRef<NewsGatherer | null>(null);
  useEffect(() => {
    const made = new NewsGatherer((news) => tell.current(news));
    gatherer.current = made;
    return () => made.stop();
  }, []);
  useEvents(['dcp.trash'], ({ data }) => {
    const news = readTrashNews(data, user.username);
    if (news !== null) gatherer.current?.add(news);
  });
}
