import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { strangersName } from '../../src/domain/visible-text.ts';

const name = strangersName(200);

describe('the name that a stranger gives', () => {
  test.each([
    'https://evil.example/x',
    'http : // evil',
    'Click evil://x',
    'mailto:a',
    'javascript:alert(1)',
    'www.evil',
    'WWW . evil',
    'www2.evil',
    'evil.com',
    'Win at evil.com now',
    'evil .com',
    'evil. com',
    'evil . com',
    'evil[.]com',
    'evil (dot) com',
    'evil dot com',
    'evil。com',
    'evil．com',
    'evil｡com',
    'evil․com',
    'evil·com',
    'evil•com',
    'evil﹒com',
    'ｅｖｉｌ．ｃｏｍ',
    'ⓔⓥⓘⓛ.ⓒⓞⓜ',
    'evil\u200B.\u2060com',
    't.co',
    'bit.ly/x',
    'evil.de',
    'пример.рф',
    '例子.中国',
    'evil.xn--p1ai',
    'evil.photography/x',
    'evil.local:8080',
    '192.0.2.1',
    'a@evil.example',
    'a @ evil.example',
    'a@localhost',
    'xn--80ak6aa92e.com',
  ])('%s is refused', (text) => {
    const read = name.decode(text);
    expect(E.isLeft(read)).toBe(true);
  });

  test.each([
    'Runa',
    'J. R. R. Tolkien',
    'J.R.R. Tolkien',
    'J.R.R.Tolkien',
    'Dr. Müller-Lüdenscheidt',
    'St.John',
    "O'Brien",
    'Gal·la Placídia',
    'Jean-Luc (Captain)',
    'Sammy Davis Jr.',
    'Acme Inc., Oslo',
    'María José 3.5',
    '山田 太郎',
    'Дмитрий И. Менделеев',
    'محمد',
    'A: B / C',
    'Dot Cotton',
  ])('%s is taken', (text) => expect(name.decode(text)).toEqual(E.right(text)));
});
