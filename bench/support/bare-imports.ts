/** The anchor of the start-up: express, io-ts and better-sqlite3 imported, and nothing done with them. */
import Database from 'better-sqlite3';
import express from 'express';
import * as t from 'io-ts';

if ([Database, express, t.type].every((imported) => typeof imported === 'function'))
  console.log('listening on http://nowhere.invalid');
setInterval(() => undefined, 1_000);
