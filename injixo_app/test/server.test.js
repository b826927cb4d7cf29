'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');

const { PERSONAL, REOPENED, update } = require('./events.js');
const { Platform } = require('./platform.js');

const IPARAMS = { stillwatch_host: 'stillwatch.example.com', injixo_api_key: 'ijx_secret' };
const accepting = () => ({ status: 202, response: '{"accepted":1,"duplicates":0,"ignored":0}' });
const refusing = (status, code) => () => ({ status, response: JSON.stringify({ code, detail: 'why' }) });

function platform(answer = accepting, more = {}) {
  return new Platform({ iparams: IPARAMS, answer, ...more });
}

/** Have the app handle one event and return what it sent, decoded. */
async function sent(payload) {
  const freshchat = platform();
  await freshchat.dispatch('onConversationUpdate', payload);
  return freshchat.requests.map((request) => JSON.parse(request.body));
}

test('a resolution is told in as few words as possible', async () => {
  const resolved = update(['assigned', 'resolved'], (data) => {
    data.conversation.resolved_time = '2019-07-29T15:43:58.524Z';
    data.conversation.interaction_id = '1019183591791880-1564411916933';
  });
  assert.deepEqual(await sent(resolved), [
    {
      chat_id: '4ec945ec-6717-409d-9549-198d5d121bd1',
      resolved_at: '2019-07-29T15:43:58.524Z',
      interaction_id: '1019183591791880-1564411916933',
      opened_at: '2019-07-29T14:51:56.933Z',
      group: { id: '40753ac3-1f66-40d9-b903-23db0a9a70b0', name: 'Support' },
    },
  ]);
});

test('a status is the same word however it is written', async () => {
  const [event] = await sent(update(['Assigned', ' Resolved ']));
  assert.ok(event.resolved_at);
  assert.deepEqual(await sent(update(['RESOLVED', 'resolved'])), []);
});

test('without a time of resolution the time of the event stands for it', async () => {
  const [event] = await sent(update(['new', 'resolved']));
  assert.equal(event.resolved_at, new Date(REOPENED.timestamp).toISOString());
});

test('a time of resolution from before the chat was reopened is not taken for the new one', async () => {
  const stale = update(['new', 'resolved'], (data) => {
    data.conversation.resolved_time = '2019-07-26T09:00:00.000Z';
  });
  const [event] = await sent(stale);
  assert.equal(event.resolved_at, new Date(REOPENED.timestamp).toISOString());
});

test('an event without any time is told as of now', async () => {
  const before = new Date().toISOString();
  const [event] = await sent(
    update(['new', 'resolved'], (_, payload) => {
      delete payload.timestamp;
    }),
  );
  assert.ok(event.resolved_at >= before);
});

test('a chat that was never reopened was opened when it was created', async () => {
  const first = update(['new', 'resolved'], (data) => {
    data.conversation.reopened_time = null;
  });
  assert.equal((await sent(first))[0].opened_at, '2019-07-25T10:01:23.564Z');
});

test('a group that is known by its id only is told by its id', async () => {
  const unnamed = update(['assigned', 'resolved'], (data) => {
    delete data.associations.group;
  });
  assert.deepEqual((await sent(unnamed))[0].group, { id: '40753ac3-1f66-40d9-b903-23db0a9a70b0' });
});

test('a deleted or spam chat without a group is told without one', async () => {
  const deleted = update(['assigned', 'resolved'], (data) => {
    data.associations = null;
    data.conversation.assigned_group_id = null;
  });
  assert.equal('group' in (await sent(deleted))[0], false);
});

for (const odd of ['', ' ', [], {}, true, 1.5]) {
  test(`optional fields that are ${JSON.stringify(odd)} cost no contact`, async () => {
    const [event] = await sent(
      update(['assigned', 'resolved'], (data) => {
        Object.assign(data.conversation, {
          interaction_id: odd,
          assigned_group_id: odd,
          created_time: odd,
          reopened_time: odd,
          resolved_time: odd,
        });
        data.associations = odd;
      }),
    );
    assert.deepEqual(event, {
      chat_id: '4ec945ec-6717-409d-9549-198d5d121bd1',
      resolved_at: new Date(REOPENED.timestamp).toISOString(),
    });
  });

  test(`a group that is ${JSON.stringify(odd)} leaves the one that is assigned`, async () => {
    for (const group of [odd, { id: odd, name: odd }]) {
      const [event] = await sent(
        update(['assigned', 'resolved'], (data) => {
          data.associations.group = group;
        }),
      );
      assert.deepEqual(event.group, { id: '40753ac3-1f66-40d9-b903-23db0a9a70b0' });
    }
  });
}

test('ids that are numbers are told as text', async () => {
  const [event] = await sent(
    update(['assigned', 'resolved'], (data) => {
      Object.assign(data.conversation, { conversation_id: 1019183591791880, interaction_id: 5 });
      data.associations.group = { id: 7.0, name: 5 };
    }),
  );
  assert.deepEqual([event.chat_id, event.interaction_id, event.group], ['1019183591791880', '5', { id: '7' }]);
});

test('a chat is found by its other name too', async () => {
  const [event] = await sent(
    update(['assigned', 'resolved'], (data) => {
      data.conversation.id = data.conversation.conversation_id;
      data.conversation.conversation_id = {};
    }),
  );
  assert.equal(event.chat_id, '4ec945ec-6717-409d-9549-198d5d121bd1');
});

for (const stamp of [1564415038524, '1564415038524', 1564415038.524, '1564415038.524', '2019-07-29T17:43:58.524+02:00']) {
  test(`a time told as ${JSON.stringify(stamp)} is understood`, async () => {
    const resolved = update(['assigned', 'resolved'], (data) => {
      data.conversation.resolved_time = stamp;
    });
    assert.equal((await sent(resolved))[0].resolved_at, '2019-07-29T15:43:58.524Z');
    const untold = update(['assigned', 'resolved'], (_, payload) => {
      payload.timestamp = stamp;
    });
    assert.equal((await sent(untold))[0].resolved_at, '2019-07-29T15:43:58.524Z');
  });
}

for (const stamp of [0, 5, -4, true, [1], '5', '2019-07-29', '2019-07-29T15:43:58', '2999-01-01T00:00:00Z', 1e300]) {
  test(`a time told as ${JSON.stringify(stamp)} gives way to that of the event`, async () => {
    const resolved = update(['assigned', 'resolved'], (data) => {
      data.conversation.resolved_time = stamp;
    });
    assert.equal((await sent(resolved))[0].resolved_at, new Date(REOPENED.timestamp).toISOString());
  });
}

test('a reopening is told as a product event cut down to its bones', async () => {
  assert.deepEqual(await sent(REOPENED), [
    {
      event: 'onConversationUpdate',
      timestamp: new Date(REOPENED.timestamp).toISOString(),
      data: {
        conversation: { conversation_id: '4ec945ec-6717-409d-9549-198d5d121bd1' },
        changes: { model_changes: { status: ['resolved', 'new'] } },
      },
    },
  ]);
});

for (const [what, payload] of Object.entries({
  'an assignment': update(['new', 'assigned']),
  'a status that did not change': update(['resolved', 'resolved']),
  'a change without a status': update(['new', 'assigned'], (data) => {
    data.changes.model_changes = { assigned_agent_id: [null, 'x'] };
  }),
  'a chat without an id': update(['new', 'resolved'], (data) => {
    delete data.conversation.conversation_id;
  }),
  'an empty payload': {},
  'a payload that is no object': null,
  'data of another kind': { data: 'text' },
  'a status of another kind': { data: { changes: { model_changes: { status: 'resolved' } } } },
})) {
  test(`${what} sends nothing`, async () => {
    assert.deepEqual(await sent(payload), []);
  });
}

test('no name, text or address leaves Freshchat, and none is logged', async () => {
  for (const payload of [REOPENED, update(['assigned', 'resolved'])]) {
    for (const answer of [accepting, refusing(500, undefined)]) {
      const freshchat = platform(answer);
      await freshchat.dispatch('onConversationUpdate', payload);
      const told = JSON.stringify(freshchat.requests) + freshchat.log.join('\n');
      for (const personal of PERSONAL) {
        assert.equal(told.includes(personal), false, personal);
      }
    }
  }
});

test('requests go to the configured host over HTTPS with the key in a header', async () => {
  const freshchat = platform();
  await freshchat.dispatch('onConversationUpdate', update(['new', 'resolved']));
  const [request] = freshchat.requests;
  assert.equal(`${request.method} ${request.host}${request.path}`, 'POST stillwatch.example.com/api/v1/events');
  assert.equal(request.headers.Authorization, 'Bearer ijx_secret');
});

test('what fails for a moment is tried three times and then logged, never thrown', async () => {
  const freshchat = platform(refusing(503, 'store_unavailable'));
  await freshchat.dispatch('onConversationUpdate', update(['new', 'resolved']));
  assert.equal(freshchat.requests.length, 3);
  assert.deepEqual(freshchat.log, ['event not sent: store_unavailable']);
});

test('a server that does not answer is logged as such', async () => {
  const freshchat = platform(() => {
    throw new Error('connect ECONNREFUSED');
  });
  await freshchat.dispatch('onConversationUpdate', update(['new', 'resolved']));
  assert.deepEqual(freshchat.log, ['event not sent: status 502']);
});

for (const host of ['127.0.0.1', 'stillwatch.example.com:8501', 'stillwatch.example.com/api', 'stillwatch']) {
  test(`the platform sends nothing to ${host}, and the app survives it`, async () => {
    const freshchat = platform();
    freshchat.iparams = { ...IPARAMS, stillwatch_host: host };
    await freshchat.dispatch('onConversationUpdate', update(['new', 'resolved']));
    assert.deepEqual(freshchat.log, ['event not sent: status 400']);
  });
}

test('a refused key is not tried again', async () => {
  const freshchat = platform(refusing(401, 'revoked_key'));
  await freshchat.dispatch('onConversationUpdate', update(['new', 'resolved']));
  assert.equal(freshchat.requests.length, 1);
  assert.deepEqual(freshchat.log, ['event not sent: revoked_key']);
});

test('over 50 resolutions a minute the platform lets nothing more through, and that is logged', async () => {
  let now = 0;
  const freshchat = platform(accepting, { clock: () => now });
  for (let chat = 0; chat < 60; chat += 1) {
    now += 500;
    await freshchat.dispatch('onConversationUpdate', update(['new', 'resolved']));
  }
  assert.equal(freshchat.requests.length, 50);
  assert.deepEqual(new Set(freshchat.log), new Set(['event not sent: status 429']));
  assert.equal(freshchat.log.length, 10);
});

test('a payload over 256 KB is never delivered', async () => {
  const huge = update(['new', 'resolved'], (data) => {
    data.conversation.messages[0].text = 'x'.repeat(256 * 1024);
  });
  await assert.rejects(platform().dispatch('onConversationUpdate', huge), /256 KB/);
});

test('a server that never answers costs the handler its 20 seconds and nothing else', async () => {
  const freshchat = platform(() => new Promise(() => {}));
  await assert.rejects(
    freshchat.dispatch('onConversationUpdate', update(['new', 'resolved']), Promise.resolve()),
    /20 seconds/,
  );
});

test('the app uses nothing that the platform does not have', () => {
  const names = ['setTimeout', 'setInterval', 'process', 'Buffer', 'fetch', 'require', 'module'];
  assert.deepEqual(names.filter((name) => name in platform().handlers.constructor.constructor('return this')()), []);
});

test('installing proves the key and schedules the heartbeat', async () => {
  const freshchat = platform(() => ({ status: 204, response: '' }));
  await freshchat.dispatch('onAppInstall');
  assert.deepEqual(freshchat.rendered, ['done']);
  assert.equal(freshchat.requests[0].path, '/api/v1/heartbeat');
  assert.deepEqual(freshchat.schedules.get('heartbeat').repeat, { time_unit: 'minutes', frequency: 5 });
});

test('a refused key stops the installation and is named', async () => {
  for (const code of ['missing_key', 'malformed_key', 'unknown_key', 'revoked_key', 'expired_key', 'integration_deleted']) {
    const freshchat = platform(refusing(401, code));
    await freshchat.dispatch('onAppInstall');
    assert.deepEqual(freshchat.rendered, [`Stillwatch refuses the injixo API key: ${code}`]);
    assert.equal(freshchat.schedules.size, 0);
  }
});

test('a network that fails at the wrong moment does not stop the installation', async () => {
  const freshchat = platform(refusing(503, 'store_unavailable'));
  await freshchat.dispatch('onAppInstall');
  assert.deepEqual(freshchat.rendered, ['done']);
});

test('an installation without a heartbeat is none', async () => {
  const freshchat = platform();
  freshchat.schedules.set('of another version', {});
  await freshchat.dispatch('onAppInstall');
  assert.deepEqual(freshchat.rendered, ['The heartbeat could not be scheduled. Please try again.']);
});

test('an update renews the schedule that is there', async () => {
  const freshchat = platform();
  await freshchat.dispatch('onAppInstall');
  freshchat.schedules.set('heartbeat', { repeat: { time_unit: 'hours', frequency: 1 } });
  await freshchat.dispatch('afterAppUpdate');
  assert.deepEqual(freshchat.schedules.get('heartbeat').repeat, { time_unit: 'minutes', frequency: 5 });
  assert.deepEqual(freshchat.rendered, ['done', 'done']);
});

test('the schedule sends a heartbeat with the version of the app', async () => {
  const freshchat = platform();
  await freshchat.dispatch('onScheduledEvent', { data: {} });
  assert.match(JSON.parse(freshchat.requests[0].body).app_version, /^\d+\.\d+\.\d+$/);
});

test('a refused key is reported by the heartbeat too, when no chat is resolved', async () => {
  const freshchat = platform(refusing(401, 'expired_key'));
  await freshchat.dispatch('onScheduledEvent', {});
  assert.equal(freshchat.requests.length, 1);
  assert.deepEqual(freshchat.log, ['heartbeat not sent: expired_key']);
});

test('uninstalling removes the schedule and says good-bye', async () => {
  const freshchat = platform();
  await freshchat.dispatch('onAppInstall');
  await freshchat.dispatch('onAppUninstall');
  assert.equal(freshchat.schedules.size, 0);
  assert.equal(JSON.parse(freshchat.requests.at(-1).body).state, 'uninstalled');
});

test('nothing keeps anybody from uninstalling', async () => {
  const freshchat = platform(() => {
    throw new Error('no network');
  });
  await freshchat.dispatch('onAppUninstall');
  assert.deepEqual(freshchat.rendered, ['done']);
});
