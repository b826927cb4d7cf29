/**
 * The Freshworks platform as far as the app meets it, after its documentation (v3.0): no timers, process, Buffer
 * or fetch; requests from templates only, over HTTPS, to a domain name, 50 a minute, rejecting on 4xx and 5xx;
 * one recurring schedule; payloads of up to 256 KB; 20 seconds for a handler.
 */
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { pathToFileURL } = require('node:url');

const ROOT = path.join(__dirname, '..');
const REQUESTS_A_MINUTE = 50;
const LARGEST_PAYLOAD = 256 * 1024;
const LARGEST_SCHEDULE_DATA = 4 * 1024;
const SOONEST_SCHEDULE_MS = 5 * 60 * 1000;
const LONGEST_MESSAGE = 60;
const RETRIED = (status) => status === undefined || status === 429 || status >= 500;
const DOMAIN_NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

const serverScript = new vm.Script(fs.readFileSync(path.join(ROOT, 'server/server.js'), 'utf8'), {
  filename: pathToFileURL(path.join(ROOT, 'server/server.js')).href, // a URL, or coverage does not see it
});
const templates = JSON.parse(fs.readFileSync(path.join(ROOT, 'config/requests.json'), 'utf8'));
const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'manifest.json'), 'utf8'));

/** One account that has the app installed. `answer(request)` returns {status, response}, or throws. */
class Platform {
  constructor({ iparams, answer, clock = () => Date.now() }) {
    this.iparams = iparams;
    this.answer = answer;
    this.clock = clock;
    this.requests = [];
    this.log = [];
    this.schedules = new Map();
    this.rendered = [];
    this.handlers = this.load();
  }

  load() {
    const platform = this;
    const log = (...words) => this.log.push(words.join(' '));
    const context = vm.createContext({
      console: { log, info: log, warn: log, error: log },
      $request: { invokeTemplate: (name, options) => platform.invokeTemplate(name, options) },
      $schedule: {
        create: (schedule) => platform.createSchedule(schedule),
        update: (schedule) => platform.updateSchedule(schedule),
        delete: (schedule) => platform.deleteSchedule(schedule),
      },
      renderData: (...result) => platform.renderData(...result),
      exports: {},
    });
    serverScript.runInContext(context);
    return context.exports;
  }

  /** Let an event occur; resolves when its handler has finished. `timeUp` stands for the end of the 20 seconds. */
  async dispatch(event, payload = {}, timeUp = new Promise(() => {})) {
    const text = JSON.stringify(payload);
    if (Buffer.byteLength(text) > LARGEST_PAYLOAD) {
      throw new Error('the payload is larger than 256 KB: the platform does not deliver it');
    }
    const handler = this.handlers[handlerOf(event)];
    const late = timeUp.then(() => {
      throw new Error('the handler ran into the limit of 20 seconds');
    });
    await Promise.race([handler(JSON.parse(text)), late]);
  }

  async invokeTemplate(name, { context = {}, body } = {}) {
    const request = render(declared(name), { iparam: this.iparams, context });
    this.refuseMoreThanAllowed();
    const { maxAttempts = 1 } = templates[name].options || {};
    for (let attempt = 1; ; attempt += 1) {
      const { status, response } = await this.attempt({ ...request, name, body });
      if (status >= 200 && status < 400) {
        return { status, response, headers: {} };
      }
      if (attempt === maxAttempts || !RETRIED(status)) {
        throw { status: status || 502, response, headers: {}, attempts: attempt, errorSource: 'APP' };
      }
    }
  }

  async attempt(request) {
    this.requests.push({ ...request, at: this.clock() });
    try {
      return await this.answer(request);
    } catch (error) {
      return { status: undefined, response: String(error) };
    }
  }

  refuseMoreThanAllowed() {
    const now = this.clock();
    this.invoked = (this.invoked || []).filter((at) => now - at < 60 * 1000);
    if (this.invoked.length >= REQUESTS_A_MINUTE) {
      throw { status: 429, response: '{"message":"rate limit"}', headers: {}, errorSource: 'PLATFORM' };
    }
    this.invoked.push(now);
  }

  async createSchedule(schedule) {
    if (this.schedules.size > 0) {
      throw { status: 400, message: 'one recurring schedule for an installation' };
    }
    this.schedules.set(schedule.name, accepted(schedule, this.clock()));
    return { status: 200, message: 'created' };
  }

  async updateSchedule(schedule) {
    if (!this.schedules.has(schedule.name)) {
      throw { status: 404, message: 'no such schedule' };
    }
    this.schedules.set(schedule.name, accepted(schedule, this.clock()));
    return { status: 200, message: 'updated' };
  }

  async deleteSchedule({ name }) {
    if (!this.schedules.delete(name)) {
      throw { status: 404, message: 'no such schedule' };
    }
    return { status: 200, message: 'deleted' };
  }

  renderData(result) {
    if (result !== undefined && !(result.message.length <= LONGEST_MESSAGE)) {
      throw new Error(`the message is longer than ${LONGEST_MESSAGE} characters`);
    }
    this.rendered.push(result === undefined ? 'done' : result.message);
  }
}

function handlerOf(event) {
  const modules = Object.values(manifest.modules);
  const subscribed = modules.map((module) => (module.events || {})[event]).find(Boolean);
  if (!subscribed) {
    throw new Error(`the manifest does not subscribe to ${event}`);
  }
  return subscribed.handler;
}

function declared(name) {
  if (!manifest.modules.common.requests[name] || !templates[name]) {
    throw new Error('Request template not found');
  }
  return templates[name].schema;
}

/** Fill a request template in. Secure parameters are allowed in headers only. */
function render(schema, values) {
  const public_ = { ...values, iparam: { ...values.iparam, injixo_api_key: undefined } };
  const host = fill(schema.host, public_);
  if (schema.protocol !== 'https' || !DOMAIN_NAME.test(host)) {
    throw { status: 400, response: 'host must be a fully qualified domain name, reached over HTTPS' };
  }
  const headers = Object.entries(schema.headers).map(([header, text]) => [header, fill(text, values)]);
  return { method: schema.method, host, path: fill(schema.path, public_), headers: Object.fromEntries(headers) };
}

function fill(text, values) {
  return text.replace(/<%=\s*(\w+)\.(\w+)\s*%>/g, (_, kind, name) => {
    if (values[kind][name] === undefined) {
      throw { status: 400, response: `${kind}.${name} cannot be used here` };
    }
    return values[kind][name];
  });
}

function accepted(schedule, now) {
  const { repeat, data, schedule_at: at } = schedule;
  if (Buffer.byteLength(JSON.stringify(data)) > LARGEST_SCHEDULE_DATA) {
    throw { status: 400, message: 'the data of a schedule is at most 4 KB' };
  }
  if (Date.parse(at) - now < SOONEST_SCHEDULE_MS) {
    throw { status: 400, message: 'schedule_at must be at least 5 minutes from now' };
  }
  if (!['minutes', 'hours', 'days'].includes(repeat.time_unit) || !Number.isInteger(repeat.frequency)) {
    throw { status: 400, message: 'repeat every n minutes, hours or days' };
  }
  return JSON.parse(JSON.stringify(schedule)); // the platform keeps what was said, not the app's object
}

module.exports = { Platform, ROOT, manifest, render, templates };
