import { Button, EmptyState, Page } from '@lamphouse/ui';
import { OctagonX, RotateCcw } from 'lucide-react';
import { Component, type ReactNode } from 'react';

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
          title={`Plugin ${this.props.plugin} could not draw this`}
          message={`${error.message}. The rest of Lamphouse is not affected. Its log may say more.`}
          action={
            <div className="flex flex-wrap items-center justify-center gap-3">
              <Button icon={RotateCcw} onClick={retry}>
                Try again
              </Button>
              <a href={`/plugins/${this.props.plugin}?tab=logs`}>Log of the plugin</a>
            </div>
          }
        />
      </div>
    );
    return this.props.title === undefined ? failure : <Page title={this.props.title}>{failure}</Page>;
  }
}
