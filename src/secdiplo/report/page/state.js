// What is asked for. It lives in the address, so that a view can be shared and gone back to.

const LISTS = ['agency', 'rank', 'format', 'region'];
const SINGLE = ['country', 'official', 'forum', 'confidence'];
const DAYS = ['start', 'end'];
const FILTERS = [...LISTS, ...SINGLE, ...DAYS];
const QUERY = ['agency', 'rank', 'official', 'confidence', 'start', 'end'];  // the query has these
const OPTIONS = {
  count: ['interaction', 'bilateral_meeting', 'event'],
  by: ['half', 'year', 'quarter', 'month'],
};
const filterNames = {
  agency: 'Agency', rank: 'Rank', format: 'Format', region: 'Region', country: 'Country',
  official: 'Official', forum: 'Forum', confidence: 'Confidence', start: 'From', end: 'To',
};

const initial = () => ({
  scope: about.start_scope, agency: [], rank: [], format: [], region: [], country: '',
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

// A state that can be answered, of any object, and what of it was left out.
function cleaned(wanted) {
  const state = initial();
  const ignored = [];
  const say = (name, value) => ignored.push(`${name}=${value}`);
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
      const known = choices[name].includes(value)
        || (name === 'country' && Object.hasOwn(payload.countries, value))
        || (name === 'official' && payload.officials.some((row) => row[0] === value))
        || (name === 'forum' && Object.hasOwn(payload.forums, value));
      if (known) state[name] = value;
      else say(name, value);
    } else if (DAYS.includes(name)) {
      if (day(String(value), name === 'end')) state[name] = String(value).trim();
      else say(name, value);
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
    say('start', state.start);
    say('end', state.end);
    state.start = '';
    state.end = '';
  }
  return { state, ignored };
}

// The address of a state: what differs from the start, in a fixed order.
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

// The state of an address; what cannot be read is named.
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
  const { state, ignored } = cleaned(wanted);
  return { state, ignored: [...broken, ...ignored] };
}

const isSet = (state, name) => (Array.isArray(state[name]) ? state[name].length > 0
  : state[name] !== '');
const filtersSet = (state) => FILTERS.filter((name) => isSet(state, name));
