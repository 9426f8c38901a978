import { describe, expect, it } from 'vitest';
import { markup } from './markup.js';

describe('markup', () => {
  it('escapes every text, in content and in attributes', () => {
    const hostile = `"><script>alert('&')</script>`;
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;';
    expect(markup`<p title="${hostile}">${hostile}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  it('leaves markup within markup as it is, also in lists of lists', () => {
    const item = (text: string): ReturnType<typeof markup> => markup`<li>${text}</li>`;
    expect(markup`<ul>${[item('a'), [item('<')], 'b & c']}</ul>`.text).toBe(
      '<ul><li>a</li><li>&lt;</li>b &amp; c</ul>',
    );
  });

  it('writes 0, and nothing for what is not there', () => {
    expect(markup`${0}|${null}|${undefined}|${false}|${''}`.text).toBe('0||||');
  });
});
