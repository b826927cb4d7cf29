/**
 * Drives the real server.js against a running Stillwatch: node against_stillwatch.js <base URL> <key> < steps.json
 *
 * Each step is {"event", "payload", "at"?}; prints {"log", "rendered", "schedules", "answers"} as JSON. The platform lets
 * requests out to domain names over HTTPS only, so here, and only here, the host of the app's settings stands for
 * a loopback address.
 */
'use strict';

const fs = require('node:fs');

const { Platform } = require('./platform.js');

const HOST = 'stillwatch.example.com';

async function main(baseUrl, key) {
  if (new URL(baseUrl).hostname !== '127.0.0.1') {
    throw new Error('loopback only');
  }
  const answers = [];
  let now = 0;
  const freshchat = new Platform({
    iparams: { stillwatch_host: HOST, injixo_api_key: key },
    clock: () => now,
    answer: async ({ method, host, path, headers, body }) => {
      const url = `https://${host}${path}`.replace(`https://${HOST}`, baseUrl);
      const answer = await fetch(url, { method, headers, body, redirect: 'error' });
      const response = await answer.text();
      answers.push({ path, status: answer.status, response });
      return { status: answer.status, response };
    },
  });
  for (const { event, payload, at } of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    now = at || now;
    await freshchat.dispatch(event, payload);
  }
  const schedules = [...freshchat.schedules.keys()];
  console.log(JSON.stringify({ log: freshchat.log, rendered: freshchat.rendered, schedules, answers }));
}

main(...process.argv.slice(2));
