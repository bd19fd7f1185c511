/** A made-up host for a plugin's own tests and development: routes answered in memory, events sent by hand. */
export {
  createMockHost,
  type MockHost,
  type MockHostOptions,
  type MockRoute,
  Refusal,
  type RouteCall,
} from './mock-host';
export { type PluginView, type RenderPluginOptions, renderPlugin } from './render-plugin';
