export const EVENT_STREAM_TYPE = 'text/event-stream; charset=utf-8';

/** Formats one event. Without a name, `EventSource` delivers it as a `message`. */
export function eventText({ name, id, data }: { name?: string; id?: number; data: object }): string {
  const head = `${name === undefined ? '' : `event: ${name}\n`}${id === undefined ? '' : `id: ${id}\n`}`;
  // JSON has no line breaks.
  return `${head}data: ${JSON.stringify(data)}\n\n`;
}
