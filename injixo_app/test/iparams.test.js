'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');

const { loadPage, settled } = require('./page.js');

const KEY = 'ijx_0000000000_000000000000000000000000000000_0AqOXm';
const HOST = 'stillwatch.example.com';
const connected = () => ({ status: 200, response: JSON.stringify({ integration: { id: 'a', name: 'Shop Berlin' } }) });

async function filledIn(options) {
  const page = loadPage(options);
  await page.enter('address', HOST);
  await page.enter('key', KEY);
  return page;
}

function refusedWith(status, response) {
  return () => {
    throw { status, response };
  };
}

test('a working address and key are greeted by the name of the integration and may be saved', async () => {
  const page = await filledIn({ answer: connected });
  assert.equal(page.element('result').textContent, 'Connected to Shop Berlin');
  assert.equal(page.call('validate'), true);
  assert.deepEqual(
    { ...page.requests[0] },
    {
      name: 'connection',
      method: 'GET',
      host: HOST,
      path: '/api/v1/connection',
      headers: { Authorization: `Bearer ${KEY}` },
    },
  );
});

test('what is saved is the host alone and the key, the key as a secure parameter', async () => {
  const page = await filledIn({ answer: connected });
  page.element('address').value = `https://${HOST}/`;
  page.element('key').value = ` ${KEY}\n`;
  assert.equal(
    JSON.stringify(page.call('postConfigs')),
    JSON.stringify({ __meta: { secure: ['injixo_api_key'] }, stillwatch_host: HOST, injixo_api_key: KEY }),
  );
});

test('a pasted web address is mended in the field, and that is said', async () => {
  const page = loadPage();
  await page.enter('address', `https://${HOST}/api/`);
  assert.equal(page.element('address').value, HOST);
  assert.match(page.element('address-hint').textContent, /stillwatch\.example\.com/);
});

for (const [code, words] of Object.entries({
  missing_key: /Paste the injixo API key/,
  malformed_key: /mistyped or cut off/,
  unknown_key: /does not know this key/,
  revoked_key: /was revoked/,
  expired_key: /has expired/,
  integration_deleted: /was deleted/,
  too_many: /Wait a minute/,
  store_unavailable: /in a moment/,
})) {
  test(`${code} is said in words, and nothing can be saved`, async () => {
    const page = await filledIn({ answer: refusedWith(401, JSON.stringify({ code })) });
    assert.match(page.element('result').textContent, words);
    assert.equal(page.element('result').className, 'bad');
    assert.equal(page.call('validate'), false);
  });
}

for (const [what, answer, words] of [
  ['no answer', refusedWith(undefined, undefined), /cannot be reached/],
  ['the gateway’s error', refusedWith(502, 'Bad Gateway'), /cannot be reached/],
  ['the platform’s own limit', refusedWith(429, '{"message":"rate limit"}'), /Wait a minute/],
  ['a page of somebody else', refusedWith(404, '<html></html>'), /not Stillwatch/],
  ['a code that nobody knows', refusedWith(403, '{"code":"checking"}'), /not Stillwatch/],
  ['a page instead of JSON', () => ({ status: 200, response: '<html></html>' }), /not Stillwatch/],
  ['JSON of somebody else', () => ({ status: 200, response: '{"integration":null}' }), /not Stillwatch/],
]) {
  test(`${what} is told from a refused key`, async () => {
    const page = await filledIn({ answer });
    assert.match(page.element('result').textContent, words);
  });
}

test('a platform that does not start is no connection', async () => {
  const page = await filledIn({ client: () => Promise.reject(new Error('no client')) });
  assert.match(page.element('result').textContent, /cannot be reached/);
});

test('nothing is asked while the key is mistyped', async () => {
  const page = loadPage({ answer: connected });
  await page.enter('address', HOST);
  await page.enter('key', KEY.replace('0', '1'));
  assert.equal(page.requests.length, 0);
  assert.match(page.element('key-problem').textContent, /mistyped/);
  assert.equal(page.element('key').attributes['aria-invalid'], 'true');
});

test('empty fields are named when somebody saves or checks', async () => {
  const page = loadPage();
  assert.equal(page.call('validate'), false);
  assert.match(page.element('address-problem').textContent, /Enter the address/);
  await page.click('check');
  assert.match(page.element('key-problem').textContent, /Paste the injixo API key/);
});

test('saving before the check starts it and says what to do', async () => {
  const page = loadPage({ answer: connected });
  page.element('address').value = HOST;
  page.element('key').value = KEY;
  assert.equal(page.call('validate'), false);
  assert.match(page.element('result').textContent, /save again/);
  await settled();
  assert.equal(page.call('validate'), true);
});

test('a change after the check needs another one', async () => {
  const page = await filledIn({ answer: connected });
  page.element('address').value = 'other.example.com';
  assert.equal(page.call('validate'), false);
});

test('an answer that comes too late says nothing about what the fields hold by then', async () => {
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  const page = await filledIn({ answer: () => held.then(connected) });
  await page.click('check'); // the same is being checked already
  assert.equal(page.requests.length, 1);
  page.element('key').value = '';
  release();
  await settled();
  assert.equal(page.element('result').textContent, '');
  assert.equal(page.call('validate'), false);
});

test('an answer to an older question is dropped', async () => {
  const releases = [];
  const answer = () => new Promise((resolve) => releases.push(() => resolve(connected())));
  const page = await filledIn({ answer });
  await page.enter('address', 'other.example.com');
  releases[0]();
  await settled();
  assert.equal(page.element('result').textContent, 'Checking …');
  releases[1]();
  await settled();
  assert.equal(page.element('result').textContent, 'Connected to Shop Berlin');
});

test('settings that are opened again show the address and ask for the key', () => {
  const page = loadPage();
  page.call('getConfigs', { stillwatch_host: HOST, injixo_api_key: '**********' });
  assert.equal(page.element('address').value, HOST);
  assert.equal(page.element('key').value, '');
  assert.match(page.element('key-hint').textContent, /paste it/);
  page.call('getConfigs', { stillwatch_host: HOST, injixo_api_key: KEY });
  assert.equal(page.element('key').value, KEY);
  page.call('getConfigs', undefined);
  assert.equal(page.element('address').value, '');
});

test('the key is hidden until somebody asks to see it', () => {
  const page = loadPage();
  page.element('show-key').checked = true;
  page.element('show-key').fire('change');
  assert.equal(page.element('key').type, 'text');
  page.element('show-key').checked = false;
  page.element('show-key').fire('change');
  assert.equal(page.element('key').type, 'password');
});

test('a German browser is answered in German', async () => {
  const page = await filledIn({ answer: connected, language: 'de-AT' });
  assert.equal(page.document.documentElement.lang, 'de');
  assert.equal(page.element('check').textContent, 'Verbindung prüfen');
  assert.equal(page.element('result').textContent, 'Verbunden mit Shop Berlin');
});
