import { describe, expect, it } from 'vitest';
import { importsOf, sourceFiles } from '../support/source-files.ts';

const LONGEST_FILE = 250;
const LONG_FILE = 150;
const everything = ['src', 'test', 'bench'].flatMap(sourceFiles);
const sources = sourceFiles('src');
const lines = ({ text }: { readonly text: string }): number => text.split('\n').length - 1;
const naming = (pattern: RegExp) => (file: { readonly path: string; readonly text: string }) =>
  pattern.test(file.text) ? [file.path] : [];

describe('the rules of the house', () => {
  it(`no file is longer than ${LONGEST_FILE} lines`, () => {
    expect(everything.filter((file) => lines(file) > LONGEST_FILE).map(({ path }) => path)).toEqual([]);
  });

  it(`95 % of the source files are under ${LONG_FILE} lines`, () => {
    const long = sources.filter((file) => lines(file) >= LONG_FILE);
    expect(long.length / sources.length, long.map(({ path }) => path).join(', ')).toBeLessThanOrEqual(0.05);
  });

  it('time is Temporal: no Date in the sources', () => {
    expect(sources.flatMap(naming(/\bnew Date\(|\bDate\.(now|parse|UTC)\b/))).toEqual([]);
  });

  it('types are not talked away', () => {
    const marks = /@ts-(ignore|expect-error|nocheck)|prettier-ignore|\bas any[;,)\].]|as unknown as|: any[;,)>\]=]/;
    expect(everything.filter(({ path }) => !path.includes('house-rules')).flatMap(naming(marks))).toEqual([]);
  });

  it('HTTP status codes live in src/http only', () => {
    const express = sources.filter((file) => !file.path.startsWith('src/http/') && importsOf(file).includes('express'));
    expect(express.map(({ path }) => path)).toEqual([]);
  });

  it('googleapis is reached by its calendar module alone', () => {
    const imports = sources.flatMap(importsOf).filter((target) => target.startsWith('googleapis'));
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((target) => target === 'googleapis')).toEqual([]);
  });
});
