/** The installation page without a browser: its scripts in order, and just as much of a document as they use. */
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { pathToFileURL } = require('node:url');

const { ROOT, render, templates } = require('./platform.js');

const HTML = fs.readFileSync(path.join(ROOT, 'config/iparams.html'), 'utf8');
const scripts = [...HTML.matchAll(/<script src="\.\/(assets\/[a-z]+\.js)">/g)].map(([, name]) => {
  const file = path.join(ROOT, 'config', name);
  return new vm.Script(fs.readFileSync(file, 'utf8'), { filename: pathToFileURL(file).href });
});

/** Load the page. `answer(request)` gives what the platform's request resolves to, or throws what it rejects with. */
function loadPage({ answer = () => ({ status: 200, response: '{}' }), language = 'en-GB', client } = {}) {
  const elements = new Map([...HTML.matchAll(/\bid="([a-z-]+)"/g)].map(([, id]) => [id, element(id)]));
  const requests = [];
  const invokeTemplate = async (name, { context }) => {
    const request = { name, ...render(templates[name].schema, { iparam: {}, context }) };
    requests.push(request);
    return answer(request);
  };
  const context = vm.createContext({
    app: { initialized: client || (async () => ({ request: { invokeTemplate } })) },
    document: { documentElement: {}, getElementById: (id) => elements.get(id) || null },
    navigator: { language },
  });
  scripts.forEach((script) => script.runInContext(context));
  return {
    requests,
    element: (id) => elements.get(id),
    document: context.document,
    evaluate: (expression) => vm.runInContext(expression, context),
    call: (name, ...args) => context[name](...args),
    /** Type into a field and leave it; resolves when what that started is finished. */
    enter: async (id, value) => {
      elements.get(id).value = value;
      elements.get(id).fire('change');
      await settled();
    },
    click: async (id) => {
      elements.get(id).fire('click');
      await settled();
    },
  };
}

function element(id) {
  const listeners = {};
  const attributes = {};
  return {
    id,
    value: '',
    textContent: '',
    className: '',
    attributes,
    setAttribute: (name, value) => {
      attributes[name] = value;
    },
    addEventListener: (event, listener) => {
      listeners[event] = listener;
    },
    fire(event) {
      if (listeners[event]) {
        listeners[event]({ target: this });
      }
    },
  };
}

/** Let every promise that is waiting go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

module.exports = { loadPage, settled };
