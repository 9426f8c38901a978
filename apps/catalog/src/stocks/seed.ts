import { MAX_STOCK_QUANTITY, priceToCents, STOCK_NAME_PATTERN, type FirstStock } from '#contracts';
import { isDecimal, readText } from '#service-kit';
import { plainToInstance } from 'class-transformer';
import { IsInt, IsNumber, Matches, Max, Min, validateSync, type ValidationError } from 'class-validator';
import { parse } from 'csv-parse/sync';

/** The stocks of an exchange that was given no others. */
export const FIRST_STOCKS: readonly FirstStock[] = (
  [
    ['GameStart', 1599],
    ['RottenFishCo', 450],
    ['BoarCo', 3025],
    ['MenhirCo', 7510],
    ['FishCo', 980],
    ['Tesla', 18326],
    ['Ford', 1193],
    ['Nvidia', 24063],
    ['Nike', 12613],
    ['Amc', 478],
  ] as const
).map(([name, priceCents]) => ({ name, priceCents, quantity: 1000, maxTradingVolume: name === 'BoarCo' ? 100 : 0 }));

/** One stock as a person writes it. */
class SeedRow {
  @Matches(STOCK_NAME_PATTERN, {
    message: 'name must be 1 to 64 letters, digits, spaces, dots, dashes or ampersands, and neither "." nor ".."',
  })
  name!: string;

  @IsNumber({ maxDecimalPlaces: 2 }, { message: 'price must be a number with at most two decimals, such as 15.99' })
  @Min(0.01)
  @Max(1_000_000_000)
  price!: number;

  @IsInt()
  @Min(0)
  @Max(MAX_STOCK_QUANTITY)
  quantity!: number;

  @IsInt()
  @Min(0)
  @Max(MAX_STOCK_QUANTITY)
  maxTradingVolume = 0;
}

/**
 * Reads the value of `CATALOG_SEED`: a JSON array, or the path of a file with a JSON array or with CSV under the header
 * `name,price,quantity,maxTradingVolume`. Throws an Error that names the first wrong stock.
 */
export function readSeed(value: unknown): readonly FirstStock[] {
  const rows = typeof value === 'string' ? parseRows(value) : value;
  if (!Array.isArray(rows)) throw new Error('must be a list of stocks');
  const stocks = rows.map((row: unknown, i) => toStock(row, i + 1));
  const names = stocks.map((stock) => stock.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`names the stock ${twice} twice`);
  return stocks;
}

function parseRows(value: string): unknown {
  const isInline = value.trimStart().startsWith('[');
  const text = isInline ? value : readFile(value);
  if (!text.trimStart().startsWith('[')) return parseCsv(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
}

function readFile(path: string): string {
  try {
    return readText(path);
  } catch (error) {
    throw new Error(`names a file that cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function parseCsv(text: string): unknown {
  try {
    return parse(text, {
      columns: true,
      trim: true,
      skip_empty_lines: true,
      cast: (cell, { header, column }) => (header || column === 'name' || !isDecimal(cell) ? cell : Number(cell)),
    });
  } catch (error) {
    throw new Error(`is not valid CSV: ${(error as Error).message}`, { cause: error });
  }
}

function toStock(row: unknown, position: number): FirstStock {
  if (typeof row !== 'object' || row === null) throw new Error(`stock ${position} is no object`);
  const stock = plainToInstance(SeedRow, row);
  const [wrong] = validateSync(stock, { whitelist: true, forbidNonWhitelisted: true });
  if (wrong) throw new Error(`stock ${position}: ${problemWith(wrong)}`);
  const { name, price, quantity, maxTradingVolume } = stock;
  return { name, priceCents: priceToCents(price), quantity, maxTradingVolume };
}

/** Of a value that is no number only that is said: it is also below every minimum. */
function problemWith({ property, value, constraints = {} }: ValidationError): string {
  const { isNumber, isInt, ...others } = constraints;
  const text = isNumber ?? isInt ?? Object.values(others)[0] ?? `${property} is wrong`;
  return `${text}, ${value === undefined ? 'and is missing' : `not ${JSON.stringify(value)}`}`;
}
