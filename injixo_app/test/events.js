/** Payloads as Freshchat sends them: its own sample, and changes of it. */
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const SAMPLES = path.join(__dirname, '../../tests/fixtures/freshchat/fdk-product-events');
const REOPENED = JSON.parse(fs.readFileSync(path.join(SAMPLES, 'onConversationUpdate.json'), 'utf8'));

/** Return the sample with another status change, and `change` applied to its data. */
function update(status, change = () => {}) {
  const payload = structuredClone(REOPENED);
  payload.data.changes.model_changes = { status };
  payload.data.conversation.status = status[1];
  change(payload.data, payload);
  return payload;
}

/** Every name, address, text and telephone number in Freshchat's sample. */
const PERSONAL = ['John', 'Jon', 'Doe', 'Snow', '@freshworks.com', '9876543212', 'john.doe.198', 'reopened by', 'Estate'];

module.exports = { PERSONAL, REOPENED, update };
