/**
 * The installation page: asks for the address and the key, and lets nobody save before they work.
 *
 * The platform calls postConfigs, getConfigs and validate by these names. validate answers at once from the last
 * check, because a platform that does not wait for a promise would take it for a yes.
 */
'use strict';

const language = languageOf(navigator.language);
const texts = TEXTS[language];
const byId = (id) => document.getElementById(id);
const initialized = app.initialized();
const REFUSALS = [
  'missing_key',
  'malformed_key',
  'unknown_key',
  'revoked_key',
  'expired_key',
  'integration_deleted',
  'too_many',
  'store_unavailable',
];
let working = null; // the address and key that the last check found to work
let checking = null; // those being checked

function postConfigs() {
  return {
    __meta: { secure: ['injixo_api_key'] },
    stillwatch_host: readAddress(byId('address').value).host,
    injixo_api_key: byId('key').value.trim(),
  };
}

function getConfigs(configs) {
  const saved = configs || {};
  byId('address').value = saved.stillwatch_host || '';
  // The platform masks secure parameters: what it gives back is no key.
  const key = String(saved.injixo_api_key || '');
  byId('key').value = problemOfKey(key) ? '' : key;
  if (saved.stillwatch_host && byId('key').value === '') {
    byId('key-hint').textContent = texts.key_again;
  }
}

function validate() {
  if (working !== null && working === entered()) {
    return true;
  }
  check();
  if (checking !== null) {
    show(texts.not_checked, 'bad');
  }
  return false;
}

/** Ask Stillwatch whether the address and the key work, once both may be right. */
async function check() {
  const address = readAddress(byId('address').value);
  const keyProblem = problemOfKey(byId('key').value);
  showProblem('address', address.problem);
  showProblem('key', keyProblem);
  if (address.problem || keyProblem) {
    show('', '');
    return;
  }
  const asked = entered();
  if (checking === asked) {
    return;
  }
  working = null;
  checking = asked;
  show(texts.checking, '');
  const answer = await connection(address.host, byId('key').value.trim());
  if (checking !== asked) {
    return; // something else is being checked by now
  }
  checking = null;
  if (asked === entered()) {
    working = answer.problem ? null : asked;
    showAnswer(answer);
  } else {
    show('', ''); // the fields were changed meanwhile: the answer is about something else
  }
}

/** Return {name} of the integration, or {problem} with the name of a text. */
async function connection(host, key) {
  try {
    const client = await initialized;
    const context = { stillwatch_host: host, injixo_api_key: key };
    const answer = await client.request.invokeTemplate('connection', { context: context });
    return integrationIn(answer.response);
  } catch (error) {
    return { problem: problemOfRefusal(error || {}) };
  }
}

function integrationIn(response) {
  const integration = object(object(parsed(response)).integration);
  return typeof integration.name === 'string' ? { name: integration.name } : { problem: 'not_stillwatch' };
}

function problemOfRefusal(error) {
  const code = object(parsed(error.response)).code;
  if (REFUSALS.includes(code)) {
    return code;
  }
  if (error.status === 429) {
    return 'too_many';
  }
  // The platform's gateway says 5xx, or gives no status, for a host that it cannot reach.
  return error.status >= 200 && error.status < 500 ? 'not_stillwatch' : 'unreachable';
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (_) {
    return null;
  }
}

function object(value) {
  return value !== null && typeof value === 'object' ? value : {};
}

/** Return what the fields hold, as one value to compare. */
function entered() {
  return byId('address').value + '\n' + byId('key').value;
}

function show(text, kind) {
  byId('result').textContent = text;
  byId('result').className = kind;
}

function showAnswer(answer) {
  if (answer.problem) {
    show(texts[answer.problem], 'bad');
  } else {
    show(fill(texts.connected, { name: answer.name }), 'good');
  }
}

function showProblem(field, problem) {
  byId(field + '-problem').textContent = problem ? texts[problem] : '';
  byId(field).setAttribute('aria-invalid', problem ? 'true' : 'false');
}

/** Mend the address when the field is left, say so, and check as soon as both fields are filled in. */
function fieldChanged(event) {
  const address = readAddress(byId('address').value);
  if (event.target.id === 'address' && address.mended) {
    byId('address').value = address.host;
    byId('address-hint').textContent = fill(texts.address_mended, { host: address.host });
  }
  if (byId('address').value.trim() !== '' && byId('key').value.trim() !== '') {
    check();
  }
}

function writeTexts() {
  document.documentElement.lang = language;
  byId('intro').textContent = texts.intro;
  byId('address-label').textContent = texts.address_label;
  byId('address-hint').textContent = texts.address_hint;
  byId('key-label').textContent = texts.key_label;
  byId('key-hint').textContent = texts.key_hint;
  byId('show-key-label').textContent = texts.show_key;
  byId('check').textContent = texts.check;
}

byId('show-key').addEventListener('change', (event) => {
  byId('key').type = event.target.checked ? 'text' : 'password';
});
byId('address').addEventListener('change', fieldChanged);
byId('key').addEventListener('change', fieldChanged);
byId('check').addEventListener('click', check);
writeTexts();
initialized.catch(() => show(texts.unreachable, 'bad'));
