import { Button, EmptyState, Page } from '@lamphouse/ui';
import { OctagonX, RotateCcw } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { t } from '../../lib/messages';

interface PluginBoundaryProps {
  plugin: string;
  /** Heading of the page that failed; a slot has its card's. */
  title?: string;
  children: ReactNode;
}

/** Keeps a failure inside the plugin that made it, and names the plugin. */
export class PluginBoundary extends Component<PluginBoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const retry = () => this.setState({ error: null });
    const failure = (
      <div role="alert">
        <EmptyState
          icon={OctagonX}
          title={t('pluginPages.pluginCouldNotDrawThis', { plugin: this.props.plugin })}
          message={t('pluginPages.theRestOfLamphouseIs', { message: error.message })}
          action={
            <div className="flex flex-wrap items-center justify-center gap-3">
              <Button icon={RotateCcw} onClick={retry}>
                {t('pluginPages.tryAgain')}
              </Button>
              <a href={`/plugins/${this.props.plugin}?tab=logs`}>{t('pluginPages.logOfThePlugin')}</a>
            </div>
          }
        />
      </div>
    );
    return this.props.title === undefined ? failure : <Page title={this.props.title}>{failure}</Page>;
  }
}
