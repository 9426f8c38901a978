export { Call } from './call.js';
export {
  CATALOG_PATTERNS,
  ListStocksCall,
  LookupCall,
  type LookupAnswer,
  type Stock,
  type StockPage,
} from './catalog.contract.js';
export { ConfigError, loadConfig, type ChecksRelations, type ConfigSources } from './config/load-config.js';
export { addressOf, parseMembers, type Member } from './config/members.js';
export { learnerIdOf, MemberConfig, ProcessConfig, type ExchangeGroup } from './config/process.config.js';
export { isDecimal } from './config/decimal.js';
export { readText } from './config/read-text.js';
export { ToBoolean, ToInt, ToMembers } from './config/setting.decorators.js';
export { isReason, REASONS, type Executed, type Reason } from './errors/reasons.js';
export { messageOf } from './errors/message-of.js';
export { callsOf, parseCall } from './errors/call-batch.js';
export { RpcErrorFilter, toWire } from './errors/rpc-error.filter.js';
export { ServiceError, settlesTrade, type ErrorDetails, type ErrorEnvelope } from './errors/service-error.js';
export {
  EXCHANGE_PATTERNS,
  OwnDigestCall,
  OwnOrdersCall,
  OwnStocksCall,
  type OwnDigest,
  type OwnOrders,
  type OwnStock,
  type OwnStocks,
} from './exchange.contract.js';
export {
  AddFirstStocksCall,
  FirstStock,
  GetOrderByKeyCall,
  GetOrderCall,
  ListOrdersCall,
  ORDER_PATTERNS,
  PlaceOrderCall,
  type FirstStocksAdded,
  type Order,
  type OrderPage,
  type PlacedOrder,
  type RefusalReason,
} from './order.contract.js';
export { crashPoint, crashPointOnceSent, type CrashPoint } from './process/crash-point.js';
export { ExitCode } from './process/exit-codes.js';
export { hasTerminal, ignoreHangUpWithoutTerminal } from './process/hang-up.js';
export { readLogLine, type LogLine } from './process/log-line.js';
export { createLogger } from './process/logger.js';
export { exitWith, runApp } from './process/run-app.js';
export { startMember } from './process/start-member.js';
export { tcpClientOptions, tcpServerOptions } from './process/tcp.js';
export { TRAFFIC_PATTERN, TrafficController, type Traffic } from './process/traffic.controller.js';
export { createCallPipe } from './errors/call.pipe.js';
export { centsToPrice, priceToCents } from './trading/money.js';
export {
  MAX_FIRST_STOCKS,
  MAX_STOCK_QUANTITY,
  MAX_TRADE_QUANTITY,
  STOCK_NAME_PATTERN,
  TRADE_KEY_PATTERN,
  TRADE_TYPES,
  type TradeType,
} from './trading/rules.js';
export { WatchCall, type WatchAnswer } from './watch.contract.js';
