import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PassingNews } from './passing-news.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 2) + seconds * 1000);

describe('passing news', () => {
  it('waits from the first that is untold, however often it changes, and is told when its time is up', () => {
    const news = new PassingNews();
    assert.deepEqual(
      [0, 4, 9, 10].map((seconds) => news.wait('default/web', 10_000, at(seconds))),
      [10_000, 6_000, 1_000, undefined],
    );
  });

  it('waits anew once it was told', () => {
    const news = new PassingNews();
    news.wait('default/web', 10_000, at(0));
    news.wait('default/web', 10_000, at(10));
    assert.equal(news.wait('default/web', 10_000, at(11)), 10_000);
  });

  it('of one object does not hurry that of another, nor of one by the same name that came later', () => {
    const news = new PassingNews();
    news.wait('default/web', 10_000, at(0));
    assert.equal(news.wait('default/db', 10_000, at(9)), 10_000);
    news.forget('default/web');
    assert.equal(news.wait('default/web', 10_000, at(9)), 10_000);
  });
});
