'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');

const { loadPage } = require('./page.js');

const VALID_KEY = 'ijx_0000000000_000000000000000000000000000000_0AqOXm';

test('the checksum equals the one that Stillwatch computes', () => {
  const { evaluate } = loadPage();
  // Python: zlib.crc32(b"123456789") == 0xCBF43926, the check value of CRC-32.
  assert.equal(evaluate('crc32("123456789")'), 0xcbf43926);
});

for (const [pasted, host] of Object.entries({
  'stillwatch.example.com': 'stillwatch.example.com',
  '  Stillwatch.Example.COM ': 'stillwatch.example.com',
  'https://stillwatch.example.com': 'stillwatch.example.com',
  'http://stillwatch.example.com/': 'stillwatch.example.com',
  'https://stillwatch.example.com:443/api/v1?x=1#y': 'stillwatch.example.com',
  'stillwatch.example.com.': 'stillwatch.example.com',
  'xn--bcher-kva.example': 'xn--bcher-kva.example',
})) {
  test(`the address ${JSON.stringify(pasted)} is mended`, () => {
    const { evaluate } = loadPage();
    assert.equal(evaluate(`readAddress(${JSON.stringify(pasted)}).host`), host);
  });
}

for (const [pasted, problem] of Object.entries({
  '': 'address_missing',
  '192.168.1.20': 'address_ip',
  'https://127.0.0.1:8501': 'address_ip',
  'http://[::1]/': 'address_ip',
  'stillwatch.example.com:8501': 'address_port',
  localhost: 'address_local',
  'app.localhost': 'address_local',
  stillwatch: 'address_local',
  'user@stillwatch.example.com': 'address_malformed',
  'still watch.example.com': 'address_malformed',
  '-bad.example.com': 'address_malformed',
  'stillwatch..com': 'address_malformed',
  'bücher.example': 'address_malformed',
})) {
  test(`the address ${JSON.stringify(pasted)} is explained: ${problem}`, () => {
    const { evaluate } = loadPage();
    assert.equal(evaluate(`readAddress(${JSON.stringify(pasted)}).problem`), problem);
  });
}

test('a key with one letter changed is told from a whole one without asking anybody', () => {
  const { evaluate } = loadPage();
  const key = evaluate(`'ijx_0000000000_' + '0'.repeat(30) + '_' + checksum('ijx_0000000000_' + '0'.repeat(30))`);
  assert.equal(key, VALID_KEY);
  assert.equal(evaluate(`problemOfKey(' ${key} ')`), null);
  assert.equal(evaluate(`problemOfKey('${key.replace('_0', '_1')}')`), 'malformed_key');
  assert.equal(evaluate(`problemOfKey('${key.slice(0, -1)}')`), 'malformed_key');
  assert.equal(evaluate("problemOfKey('')"), 'missing_key');
});

test('all languages say the same things', () => {
  const { evaluate } = loadPage();
  const texts = JSON.parse(evaluate('JSON.stringify(TEXTS)'));
  assert.deepEqual(Object.keys(texts).sort(), ['de', 'en', 'fr']);
  for (const language of Object.keys(texts)) {
    assert.deepEqual(Object.keys(texts[language]), Object.keys(texts.en), language);
  }
});

test('a browser gets its language, and English where there is none', () => {
  const { evaluate } = loadPage();
  const locales = { 'de-AT': 'de', DE: 'de', 'en-US': 'en', 'fr-CA': 'fr', den: 'en', 'zz-ZZ': 'en', constructor: 'en' };
  for (const [locale, language] of Object.entries(locales)) {
    assert.equal(evaluate(`languageOf('${locale}')`), language, locale);
  }
  assert.equal(evaluate('languageOf(undefined)'), 'en');
});
