// The selection. The address keeps it, so that a view can be shared and found again.

const LISTS = ['agency', 'official_rank', 'format', 'mode', 'region', 'topic', 'home'];
const SINGLE = ['country', 'official', 'forum', 'confidence'];
const DAYS = ['start', 'end'];
const FILTERS = [...LISTS, ...SINGLE, ...DAYS];
const OPTIONS = {
  count: ['interaction', 'bilateral_meeting', 'event'],
  by: ['half', 'year', 'quarter', 'month'],
};
const filterNames = {
  agency: 'Agency', official_rank: 'Rank', format: 'Format', mode: 'Mode', region: 'Region',
  topic: 'Topic', home: 'Home country', country: 'Country',
  official: 'Official', forum: 'Forum', confidence: 'Confidence', start: 'From', end: 'To',
};

const initial = () => ({
  scope: about.start_scope, agency: [], official_rank: [], format: [], mode: [], region: [], topic: [],
  home: [], country: '',
  official: '', forum: '', confidence: '', start: '', end: '', count: 'interaction', by: 'half',
  q: '',
});

// A year, month or day as the first or last day of it, or null where it is none.
function day(text, last) {
  const found = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(text.trim());
  if (!found) return null;
  const [year, month] = [Number(found[1]), Number(found[2] || (last ? 12 : 1))];
  if (year < 1 || month < 1 || month > 12) return null;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  const date = Number(found[3] || (last ? length : 1));
  if (date < 1 || date > length) return null;
  return `${found[1]}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

// Whether a filter of one value can have it; no row needs to have it.
function isKnown(name, value) {
  return choices[name].includes(value)
    || (name === 'country' && Object.hasOwn(payload.countries, value))
    || (name === 'official' && payload.officials.some((row) => row[0] === value))
    || (name === 'forum' && Object.hasOwn(payload.forums, value));
}

const normal = (name, text) => (name === 'country' ? text.trim().toUpperCase() : text);

// A valid state from any object; what was ignored, in words; and wrong dates as they were typed,
// so that they can be corrected.
function cleaned(wanted) {
  const state = initial();
  const unknown = [];
  const wrong = [];
  const refused = {};
  const say = (name, value) => unknown.push(`${name}=${value}`);
  for (const [name, value] of Object.entries(wanted)) {
    if (value === null || value === undefined || value === '') continue;
    if (LISTS.includes(name)) {
      const items = Array.isArray(value) ? value : String(value).split(',');
      for (const item of items) {
        if (!choices[name].includes(item)) say(name, item);
        else if (!state[name].includes(item)) state[name].push(item);
      }
      state[name].sort((a, b) => choices[name].indexOf(a) - choices[name].indexOf(b));
    } else if (name === 'confidence' && value === 'low') continue;
    else if (SINGLE.includes(name)) {
      const one = normal(name, String(value));
      if (isKnown(name, one)) state[name] = one;
      else if (one.split(',').some((part) => part !== one && isKnown(name, part.trim()))) {
        wrong.push(`${name}=${value} was ignored: choose one ${name} at a time`);
      } else say(name, value);
    } else if (DAYS.includes(name)) {
      if (day(String(value), name === 'end')) state[name] = String(value).trim();
      else {
        wrong.push(`${name}=${value} was ignored: write a date such as 2024, 2024-09 or 2024-09-07`);
        refused[name] = String(value);
      }
    } else if (Object.hasOwn(OPTIONS, name)) {
      if (OPTIONS[name].includes(value)) state[name] = value;
      else say(name, value);
    } else if (name === 'scope') {
      if (Object.hasOwn(payload.scopes, value)) state.scope = value;
      else say(name, value);
    } else if (name === 'q') state.q = String(value);
    else say(name, value);
  }
  const [first, last] = [day(state.start, false), day(state.end, true)];
  if (first && last && first > last) {
    wrong.push(`start=${state.start} and end=${state.end} were ignored: From is after To`);
    Object.assign(refused, { start: state.start, end: state.end });
    state.start = '';
    state.end = '';
  }
  if (unknown.length) {
    wrong.push(`The dataset does not have these values, which were ignored: ${unknown.join(', ')}`);
  }
  return { state, refused, ignored: wrong };
}

// The address of a state: what differs from the first view, in a fixed order.
function written(state) {
  const first = initial();
  const parts = [];
  for (const name of ['scope', ...FILTERS, 'count', 'by', 'q']) {
    const value = state[name];
    if (Array.isArray(value) ? value.length === 0 : value === first[name] || value === '') continue;
    const items = Array.isArray(value) ? value : [value];
    parts.push(`${name}=${items.map(encodeURIComponent).join(',')}`);
  }
  return parts.join('&');
}

// The state of an address; parts that cannot be read are named.
function parsed(hash) {
  const wanted = {};
  const broken = [];
  for (const part of hash.replace(/^#/, '').split('&')) {
    if (!part) continue;
    const cut = part.indexOf('=');
    const name = cut < 0 ? part : part.slice(0, cut);
    try {
      if (cut < 0) throw new Error('no value');
      const text = part.slice(cut + 1).replaceAll('+', ' ');
      wanted[name] = LISTS.includes(name)
        ? text.split(',').filter(Boolean).map(decodeURIComponent) : decodeURIComponent(text);
    } catch {
      broken.push(part);
    }
  }
  const found = cleaned(wanted);
  if (broken.length) found.ignored.push(`These parts of the address cannot be read and were ignored: ${broken.join(', ')}`);
  return found;
}

const isSet = (state, name) => (Array.isArray(state[name]) ? state[name].length > 0
  : state[name] !== '');
const filtersSet = (state) => FILTERS.filter((name) => isSet(state, name));
