import { AudioLines, Captions, File, FileText, Film, Image, ListVideo, Sparkles, Type } from 'lucide-react';

const ICONS: Record<string, typeof File> = {
  composition: ListVideo,
  picture: Film,
  sound: AudioLines,
  subtitle: Captions,
  'closed-caption': Captions,
  auxiliary: Sparkles,
  font: Type,
  image: Image,
  other: FileText,
};

/** What an asset is, as a sign beside the words. */
export function AssetIcon({ kind }: { kind: string }) {
  const Icon = ICONS[kind] ?? File;
  return <Icon size={16} aria-hidden />;
}
