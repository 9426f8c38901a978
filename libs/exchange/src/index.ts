export { decide } from './decide.js';
export {
  touches,
  type ExchangeCommand,
  type ExchangeResult,
  type Trade,
  type TradeOutcome,
} from './exchange.command.js';
export { Exchange, REFUSALS_KEPT } from './exchange.js';
export { OwnStateController } from './own-state.controller.js';
