import { describe, expect, it } from 'vitest';
import { definePlugin, readPluginModule } from './define-plugin';

const Page = () => null;

describe('readPluginModule', () => {
  it('reads what definePlugin made', () => {
    expect(readPluginModule({ default: definePlugin({ pages: { home: Page } }) }).pages.home).toBe(Page);
  });

  it.each([[{}], [{ default: null }], [{ default: { pages: {} } }], [{ default: Page }]])('refuses %o', (module) => {
    expect(() => readPluginModule(module)).toThrow('definePlugin');
  });

  it('refuses another interface version', () => {
    expect(() => readPluginModule({ default: { uiApi: 2, pages: {}, slots: {} } })).toThrow('UI interface 2');
  });
});
