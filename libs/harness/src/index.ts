export { BUILT_APPS, mainOf, ROOT, type AppName } from './built.js';
export { freePorts, isFree } from './free-ports.js';
export { ExchangeApi, type ListedStock, type ListedTrade, type TradeWish } from './http/exchange-api.js';
export {
  HttpClient,
  isRecord,
  NetworkFailure,
  type HttpAnswer,
  type HttpRequest,
  type JsonRecord,
} from './http/http-client.js';
export { percentile } from './percentile.js';
export type { ProcessEnd } from './processes/keeper.messages.js';
export { Processes, type ProcessSpec } from './processes/processes.js';
