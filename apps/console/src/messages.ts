import { isLeader, type Process } from './live';

/** Under load there would be nothing but dots. */
const MOST_ENTRIES = 50;
const FLIGHT_MS = 600;

/** Lets a dot fly from the leader to each member that has received entries in between, and back for what it has confirmed. */
export function showMessages(list: HTMLElement, before: readonly Process[], after: readonly Process[]): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const leader = after.find(isLeader);
  if (!leader) return;
  for (const member of after) {
    if (member === leader) continue;
    const earlier = before.find(({ process }) => process === member.process)?.lastIndex ?? null;
    const received = earlier === null ? 0 : (member.lastIndex ?? 0) - earlier;
    if (received > 0 && received <= MOST_ENTRIES) fly(list, leader.process, member.process);
  }
}

function fly(list: HTMLElement, from: string, to: string): void {
  const [start, end] = [centreOf(list, from), centreOf(list, to)];
  if (!start || !end) return;
  const dot = document.createElement('li');
  dot.className = 'message';
  dot.setAttribute('aria-hidden', 'true');
  list.append(dot);
  const [there, back] = [at(end), at(start)];
  const flight = dot.animate([back, there, back], { duration: 2 * FLIGHT_MS, easing: 'ease-in-out' });
  flight.onfinish = () => dot.remove();
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function at({ x, y }: Point): Keyframe {
  return { transform: `translate(${x}px, ${y}px)` };
}

/** Where its heading is, seen from the corner of the list. */
function centreOf(list: HTMLElement, name: string): Point | undefined {
  const card = list.querySelector(`[data-process="${CSS.escape(name)}"] h3`)?.getBoundingClientRect();
  const corner = list.getBoundingClientRect();
  return card && { x: card.x - corner.x + card.width / 2, y: card.y - corner.y + card.height / 2 };
}
