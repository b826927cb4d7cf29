/**
 * What can be said about an address and a key without asking anybody.
 */
'use strict';

const LONGEST_HOST = 253;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const KEY_FORM = /^ijx_[0-9A-Za-z]{10}_[0-9A-Za-z]{30}_[0-9A-Za-z]{6}$/;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM_LENGTH = 6;

/**
 * Return {host, mended} for an address as people paste it, or {problem} with the name of a text.
 *
 * Freshworks sends requests to a fully qualified domain name only, over HTTPS: no IP address, no port, no path.
 */
function readAddress(text) {
  const given = text.trim().toLowerCase();
  const authority = given.replace(/^[a-z][a-z0-9+.-]*:\/\//, '').split(/[/?#]/)[0];
  const host = authority.replace(/:443$/, '').replace(/\.$/, '');
  const problem = given === '' ? 'address_missing' : problemOfHost(host);
  return problem ? { problem: problem } : { host: host, mended: host !== given };
}

function problemOfHost(host) {
  if (host.includes('@') || /\s/.test(host)) {
    return 'address_malformed';
  }
  if (/^\[|^[0-9.]+(:[0-9]*)?$/.test(host)) {
    return 'address_ip';
  }
  if (host.includes(':')) {
    return 'address_port';
  }
  return problemOfLabels(host.split('.'), host);
}

function problemOfLabels(labels, host) {
  if (labels.length < 2 || labels[labels.length - 1] === 'localhost') {
    return 'address_local';
  }
  const isWellFormed = host.length <= LONGEST_HOST && labels.every((label) => LABEL.test(label));
  return isWellFormed ? null : 'address_malformed';
}

/** Return the name of a text that says what is wrong with a key, null when it may be one. */
function problemOfKey(text) {
  const key = text.trim();
  if (key === '') {
    return 'missing_key';
  }
  const body = key.slice(0, -CHECKSUM_LENGTH - 1);
  return KEY_FORM.test(key) && key.endsWith('_' + checksum(body)) ? null : 'malformed_key';
}

/** Return the CRC-32 of ASCII text in base 62, as the last part of a key has it. */
function checksum(text) {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = BASE62[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

function crc32(text) {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index);
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}
