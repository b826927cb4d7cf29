/**
 * The injixo app, server side: tells Stillwatch when a chat is resolved or reopened, and that it is alive.
 *
 * Only ids, the group and times leave Freshchat: no names, no texts, no addresses, and none of them is logged.
 * The handlers stand first because the platform's packer reads them from the first statement of this file.
 */
exports = {
  onConversationUpdate: async function (payload) {
    const event = eventToSend(payload);
    if (event === null) {
      return;
    }
    try {
      await $request.invokeTemplate('events', { body: JSON.stringify(event) });
    } catch (error) {
      // Nothing can wait here (no timers, one recurring schedule), so nothing is kept for later: Stillwatch
      // compares its contacts with Freshchat's own numbers and fetches what is missing.
      console.error('event not sent: ' + reasonOf(error));
    }
  },

  onScheduledEvent: async function () {
    await sendHeartbeat({});
  },

  onAppInstall: async function () {
    const refusal = await sendHeartbeat({});
    if (refusal !== null) {
      renderData({ message: ('Stillwatch refuses the injixo API key: ' + refusal).slice(0, LONGEST_MESSAGE) });
      return;
    }
    if (await scheduleHeartbeat()) {
      renderData();
    } else {
      renderData({ message: 'The heartbeat could not be scheduled. Please try again.' });
    }
  },

  afterAppUpdate: async function () {
    // An older version may have had another schedule, or none. It is no reason to go back to that version.
    await scheduleHeartbeat();
    await sendHeartbeat({});
    renderData();
  },

  onAppUninstall: async function () {
    try {
      await $schedule.delete({ name: HEARTBEAT });
    } catch (error) {
      console.error('schedule not deleted: ' + reasonOf(error));
    }
    await sendHeartbeat({ state: 'uninstalled' });
    renderData(); // with a message, the app could never be uninstalled
  },
};

const APP_VERSION = '0.1.0';
const HEARTBEAT = 'heartbeat';
const LONGEST_MESSAGE = 60; // of renderData

/**
 * Five minutes is the shortest interval in the vendor's documentation, and a schedule may not start sooner.
 * It costs 0.2 of the 50 requests a minute, and lets Stillwatch see a refused key or a dead app within minutes,
 * at night too, when no chat is resolved.
 */
const HEARTBEAT_MINUTES = 5;
const FIRST_HEARTBEAT_MS = (HEARTBEAT_MINUTES + 1) * 60 * 1000;

/** Stamps tell their unit by their size: seconds have 10 digits, milliseconds 13. */
const LARGEST_SECONDS = 1e11;
const OLDEST = Date.UTC(2015, 0, 1);
const CLOCK_SKEW_MS = 60 * 60 * 1000; // what Stillwatch allows a clock to be ahead
const COUNT = /^\d{9,17}(\.\d+)?$/;
const WITH_OFFSET = /^\d{4}-\d\d-\d\d[T ].*(Z|[+-]\d\d:?\d\d)$/i;

/** Return what Stillwatch should know of an onConversationUpdate, or null when it is none of its business. */
function eventToSend(payload) {
  const data = object(object(payload).data);
  const status = object(object(data.changes).model_changes).status;
  const [before, after] = Array.isArray(status) ? status.map(folded) : [];
  const conversation = object(data.conversation);
  const chatId = id(conversation.conversation_id) || id(conversation.id);
  if (before === after || chatId === null) {
    return null;
  }
  const happenedAt = instant(payload.timestamp) || new Date().toISOString();
  if (after === 'resolved') {
    return resolution(chatId, conversation, data, happenedAt);
  }
  return before === 'resolved' ? reopening(chatId, happenedAt) : null;
}

/** Return a word such as a status as Stillwatch spells it, however it is written. */
function folded(word) {
  return typeof word === 'string' ? word.trim().toLowerCase() : word;
}

function resolution(chatId, conversation, data, happenedAt) {
  const resolvedAt = timeOfResolution(conversation, happenedAt);
  return withoutGaps({
    chat_id: chatId,
    resolved_at: resolvedAt,
    interaction_id: id(conversation.interaction_id),
    opened_at: timeOfOpening(conversation, resolvedAt),
    group: groupOf(conversation, data),
  });
}

/** Return when the chat was resolved. A time from before it was reopened belongs to an earlier resolution. */
function timeOfResolution(conversation, happenedAt) {
  const resolvedAt = instant(conversation.resolved_time);
  const reopenedAt = instant(conversation.reopened_time);
  const isStale = resolvedAt === null || (reopenedAt !== null && resolvedAt < reopenedAt);
  return isStale ? happenedAt : resolvedAt;
}

function timeOfOpening(conversation, resolvedAt) {
  const openedAt = instant(conversation.reopened_time) || instant(conversation.created_time);
  return openedAt !== null && openedAt <= resolvedAt ? openedAt : null;
}

/** Return a product event cut down to what tells a reopening: the compact form knows resolutions only. */
function reopening(chatId, happenedAt) {
  return {
    event: 'onConversationUpdate',
    timestamp: happenedAt,
    data: {
      conversation: { conversation_id: chatId },
      changes: { model_changes: { status: ['resolved', 'new'] } },
    },
  };
}

/** Return the group at the resolution; null for a deleted or spam chat whose group Freshchat no longer tells. */
function groupOf(conversation, data) {
  const group = object(object(data.associations).group);
  const found = withoutGaps({ id: id(group.id) || id(conversation.assigned_group_id), name: text(group.name) });
  return Object.keys(found).length > 0 ? found : null;
}

/** Say that the app is alive. Return why the injixo API key was refused, null when it was not. */
async function sendHeartbeat(more) {
  try {
    const body = Object.assign({ app_version: APP_VERSION }, more);
    await $request.invokeTemplate('heartbeat', { body: JSON.stringify(body) });
  } catch (error) {
    console.error('heartbeat not sent: ' + reasonOf(error));
    return object(error).status === 401 ? reasonOf(error) : null;
  }
  return null;
}

/** Create the one recurring schedule that the platform allows, or renew it. Return whether it is there. */
async function scheduleHeartbeat() {
  const schedule = {
    name: HEARTBEAT,
    data: {},
    schedule_at: new Date(Date.now() + FIRST_HEARTBEAT_MS).toISOString(),
    repeat: { time_unit: 'minutes', frequency: HEARTBEAT_MINUTES },
  };
  try {
    await $schedule.create(schedule);
    return true;
  } catch (_) {
    return renewSchedule(schedule);
  }
}

async function renewSchedule(schedule) {
  try {
    await $schedule.update(schedule);
    return true;
  } catch (error) {
    console.error('heartbeat not scheduled: ' + reasonOf(error));
    return false;
  }
}

/** Return a short reason without anything of the payload: Stillwatch's code, or the HTTP status. */
function reasonOf(error) {
  const status = object(error).status || 'no answer';
  try {
    return JSON.parse(error.response).code || 'status ' + status;
  } catch (_) {
    return 'status ' + status;
  }
}

/** Return the instant as ISO 8601 in UTC, null when there is none that can be understood, or be true. */
function instant(value) {
  const counted = typeof value === 'string' && COUNT.test(value.trim()) ? Number(value) : value;
  let at = NaN;
  if (typeof counted === 'number') {
    at = counted < LARGEST_SECONDS ? counted * 1000 : counted;
  } else if (typeof counted === 'string' && WITH_OFFSET.test(counted.trim())) {
    at = Date.parse(counted.trim());
  }
  return at >= OLDEST && at <= Date.now() + CLOCK_SKEW_MS ? new Date(at).toISOString() : null;
}

/** Return an id, null for what is none: Stillwatch would refuse the event, or the platform the request. */
function id(value) {
  return Number.isInteger(value) ? String(value) : text(value);
}

function text(value) {
  return typeof value === 'string' && value.trim() ? value : null;
}

function withoutGaps(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
}

function object(value) {
  return value !== null && typeof value === 'object' ? value : {};
}
