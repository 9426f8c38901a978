export { Call } from './call.js';
export {
  CATALOG_PATTERNS,
  FollowCall,
  ListStocksCall,
  LookupCall,
  type FollowAnswer,
  type LookupAnswer,
  type Stock,
  type StockPage,
} from './catalog.contract.js';
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
export { centsToPrice, priceToCents } from './money.js';
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
export { isReason, REASONS, type Reason } from './reasons.js';
export {
  MAX_FIRST_STOCKS,
  MAX_STOCK_QUANTITY,
  MAX_TRADE_QUANTITY,
  STOCK_NAME_PATTERN,
  TRADE_KEY_PATTERN,
  TRADE_TYPES,
  type TradeType,
} from './rules.js';
export { ServiceError, settlesTrade } from './service-error.js';
export { WatchCall, type WatchAnswer } from './watch.contract.js';
