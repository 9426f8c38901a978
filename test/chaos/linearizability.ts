/** A trade as its client saw it, all attempts with one key together. Times are of one monotonic clock, in milliseconds. */
export interface TradeOperation {
  readonly key: string;
  /** Shares that the stock has more afterwards: negative for a buy. */
  readonly change: number;
  readonly askedAt: number;
  /** When the outcome was first told; `Infinity` when it never was. */
  readonly answeredAt: number;
  /** Its number, or that there were too few shares. Unknown: it may have taken effect, or not, or may yet. */
  readonly outcome: number | 'refused' | 'unknown';
}

/** A lookup that was answered as fresh, so not one that says STALE. */
export interface LookupOperation {
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly quantity: number;
}

/** All that happened to one stock between two quiet moments. */
export interface StockHistory {
  /** Shares at the first of the two. */
  readonly quantity: number;
  readonly trades: readonly TradeOperation[];
  readonly lookups: readonly LookupOperation[];
  /** The trades on record afterwards, in order of number. */
  readonly record: readonly { readonly number: number; readonly key: string }[];
}

/** Something that was told about the quantity. It is true of some moment between question and answer, or it is a lie. */
interface Reading {
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly fits: (quantity: number) => boolean;
  readonly words: string;
}

/**
 * Says why a history is not linearizable (Herlihy and Wing, 1990): why no order of the operations agrees with real time
 * and with a stock that does one thing at a time. Empty when there is one.
 *
 * To decide this is hard in general (Gibbons and Korach, 1997), and easy here, because the record tells which trades took
 * effect and in which order. What is left is to put each reading (a lookup, or a refusal for lack of shares) into a slot:
 * slot k lies behind the first k trades. An order exists exactly if
 *
 * 1. no trade was answered before one with a smaller number was asked for;
 * 2. no reading lies before a trade that was answered before it was asked, or behind one that was asked for after it was
 *    answered: that gives each reading a range of slots;
 * 3. no reading lies before a reading that was answered before it was asked;
 * 4. the quantity in its slot is what was read.
 *
 * They are needed, plainly; and they are enough: trades in order of number, readings between them in order of slot, and
 * within a slot in order of asking, is such an order. For 3 and 4 each reading, in order of asking, takes the lowest
 * slot that is left to it: every rule only ever pushes upwards, so if this fails, all choices do. O(n log n), and
 * for each reading as many steps as there were trades under way.
 */
export function faultsInLinearizability(history: StockHistory): readonly string[] {
  const wrongRecord = faultsInRecord(history);
  // Where the record is not of these operations, there is no order of effects to judge by.
  if (wrongRecord.length > 0) return wrongRecord;
  const trades = tradesOnRecord(history);
  const quantities = quantitiesAfter(history.quantity, trades);
  return [...oversold(quantities, history), ...againstRealTime(trades), ...misread(history, trades, quantities)];
}

function faultsInRecord({ trades, record }: StockHistory): readonly string[] {
  const asked = new Map(trades.map((trade) => [trade.key, trade]));
  const recorded = new Map(record.map(({ key, number }) => [key, number]));
  const unasked = record.filter(({ key }) => !asked.has(key));
  const doubled = record.filter(({ key, number }) => recorded.get(key) !== number);
  const disordered = record.filter(({ number }, i) => number <= (record[i - 1]?.number ?? 0));
  return [
    ...unasked.map(({ key, number }) => `number ${number} (key ${key}) was asked for by nobody`),
    ...doubled.map(({ key, number }) => `key ${key} was executed as number ${number} and as ${recorded.get(key)}`),
    ...disordered.map(({ number }) => `number ${number} is out of its place`),
    ...trades.flatMap(({ key, outcome }) => {
      const number = recorded.get(key);
      if (outcome === 'unknown' || outcome === number || (outcome === 'refused' && number === undefined)) return [];
      return [`key ${key} was answered ${outcome}, and is ${number ?? 'not'} on record`];
    }),
  ];
}

function tradesOnRecord({ trades, record }: StockHistory): readonly TradeOperation[] {
  const byKey = new Map(trades.map((trade) => [trade.key, trade]));
  return record.map(({ key }) => byKey.get(key)).filter((trade) => trade !== undefined);
}

/** The quantity in each slot. */
function quantitiesAfter(first: number, trades: readonly TradeOperation[]): readonly number[] {
  let quantity = first;
  return [first, ...trades.map(({ change }) => (quantity += change))];
}

function oversold(quantities: readonly number[], { record }: StockHistory): readonly string[] {
  const slot = quantities.findIndex((quantity) => quantity < 0);
  return slot < 0 ? [] : [`number ${record[slot - 1]?.number} leaves ${quantities[slot]} shares`];
}

function againstRealTime(trades: readonly TradeOperation[]): readonly string[] {
  const [asked, answered] = [latestAsked(trades), earliestAnswered(trades)];
  return trades.flatMap(({ key, outcome }, i) =>
    (asked[i] ?? 0) > (answered[i] ?? Infinity)
      ? [
          `trade ${i + 1} of the stock (key ${key}, ${outcome}): one up to it was asked for after one from it on was answered`,
        ]
      : [],
  );
}

function misread(
  { trades, lookups }: StockHistory,
  inOrder: readonly TradeOperation[],
  quantities: readonly number[],
): readonly string[] {
  const [asked, answered] = [latestAsked(inOrder), earliestAnswered(inOrder)];
  const readings = [...lookups.map(readingOfLookup), ...trades.flatMap(readingOfRefusal)];
  const byAnswer = readings.toSorted((a, b) => a.answeredAt - b.answeredAt);
  const slotOf = new Map<Reading, number>();
  const faults: string[] = [];
  let [floor, ended] = [0, 0];
  for (const reading of readings.toSorted((a, b) => a.askedAt - b.askedAt)) {
    for (let next = byAnswer[ended]; next && next.answeredAt < reading.askedAt; next = byAnswer[(ended += 1)])
      floor = Math.max(floor, slotOf.get(next) ?? 0);
    // Slots from `certain` to `possible` agree with the trades in real time.
    const certain = countBelow(answered, (time) => time < reading.askedAt);
    const possible = countBelow(asked, (time) => time <= reading.answeredAt);
    let slot = Math.max(certain, floor);
    while (slot <= possible && !reading.fits(quantities[slot] ?? NaN)) slot += 1;
    if (slot <= possible) slotOf.set(reading, slot);
    else faults.push(whyMisread(reading, { certain, possible, floor }, quantities));
  }
  return faults;
}

function readingOfLookup({ askedAt, answeredAt, quantity }: LookupOperation): Reading {
  return { askedAt, answeredAt, fits: (there) => there === quantity, words: `a lookup saw ${quantity} shares` };
}

function readingOfRefusal({ askedAt, answeredAt, outcome, change, key }: TradeOperation): readonly Reading[] {
  if (outcome !== 'refused') return [];
  const words = `the purchase of ${-change} was refused (key ${key})`;
  return [{ askedAt, answeredAt, fits: (there) => there + change < 0, words }];
}

function whyMisread(
  { askedAt, answeredAt, words }: Reading,
  { certain, possible, floor }: { certain: number; possible: number; floor: number },
  quantities: readonly number[],
): string {
  const earlier = floor > certain ? `, and trade ${floor} was read before` : '';
  return (
    `${words} (asked ${askedAt.toFixed(1)}, answered ${answeredAt.toFixed(1)}): trade ${certain} of the stock was ` +
    `acknowledged before, and none behind ${possible} asked for${earlier}, which leaves ` +
    `[${quantities.slice(Math.max(certain, floor), possible + 1).join(', ')}]`
  );
}

/** For each trade when the last of those up to it was asked for: it can't have taken effect before. Rises. */
function latestAsked(trades: readonly TradeOperation[]): readonly number[] {
  let latest = -Infinity;
  return trades.map(({ askedAt }) => (latest = Math.max(latest, askedAt)));
}

/** For each trade when the first of those from it on was answered: it must have taken effect by then. Rises. */
function earliestAnswered(trades: readonly TradeOperation[]): readonly number[] {
  let earliest = Infinity;
  return trades
    .toReversed()
    .map(({ answeredAt }) => (earliest = Math.min(earliest, answeredAt)))
    .toReversed();
}

/** How many of the rising times, from the first on, satisfy a condition that no later one does once one does not. */
function countBelow(times: readonly number[], isBelow: (time: number) => boolean): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(times[middle] ?? Infinity)) low = middle + 1;
    else high = middle;
  }
  return low;
}
