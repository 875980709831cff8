// Puts the parts together: one state, one way to change it, and everything shown anew.

const headline = [
  ['events', 'event', 'events', 'meetings, calls, dialogues or conferences'],
  ['interactions', 'interaction', 'interactions', 'one foreign counterpart in one event'],
  ['bilateral_meetings', 'bilateral meeting', 'bilateral meetings', 'bilateral or sideline events with a country'],
  ['countries', 'country', 'countries', 'different ones, in events of any format'],
  ['agency_interactions', 'agency interaction', 'agency interactions', 'interactions, counted anew for each agency'],
  ['participations', 'participation', 'participations', 'rows: one official and one counterpart in one event'],
  ['bilateral_countries', 'country in bilateral meetings', 'countries in bilateral meetings', 'different ones'],
  ['organizations', 'organization', 'organizations', 'different ones, in events of any format'],
];

let now = initial();
let refused = {};  // dates that were typed and are none; they stay in their fields
let lastCounts = {};
let lastUpdate = 0;
let working = Promise.resolve();
const current = () => now;
const plots = [new WorldMap(), new Timeline(),
  ...['agency', 'format', 'official_rank', 'region', 'official', 'forum'].map((name) => new Bars(name))];

function showCounts(counts, state) {
  const whole = filtersSet(state).length === 0 && state.scope === about.default_scope;
  const boxes = headline.map(([name, one, unit, meaning], place) => {
    const published = whole ? payload.published[name] : null;
    return el('div', { class: place < 4 ? 'tile' : 'tile lesser', 'data-count': name },
      el('strong', {}, shown(counts[name])), el('span', {}, counts[name] === 1 ? one : unit), el('small', {}, meaning),
      published ? el('small', { class: 'published', title: `${published[1]}: ${published[2]}` },
        `published: ${published[0]}`) : null);
  });
  const notes = [];
  if (counts.straddling_events) {
    notes.push(`${many(counts.straddling_events, 'event')} may lie outside the window: `
      + 'dated too coarsely, or longer than it.');
  }
  if (counts.unnamed_counterpart_events) {
    notes.push(`${many(counts.unnamed_counterpart_events, 'event names no counterpart and makes',
      'events name no counterpart and make')} no interaction.`);
  }
  byId('counts').replaceChildren(el('div', { class: 'tiles' }, boxes),
    el('p', { class: 'muted' }, notes.join(' ')));
}

function showEmpty(counts) {
  const none = counts.participations === 0;
  document.body.classList.toggle('nothing', none);
  const box = byId('empty');
  box.hidden = !none;
  box.textContent = none ? 'No rows match; remove a filter.' : '';
}

function showDownloads(state, counts) {
  const line = command(state);
  const rows = el('button', {
    type: 'button', id: 'download-rows', disabled: counts.participations === 0,
    click: () => download(`${about.name}-${payload.rows.query}.csv`, rowsCsv(events.selection)),
  }, `Rows as CSV (${shown(counts.participations)})`);
  const whole = el('button', {
    type: 'button', id: 'download-events', disabled: counts.participations === 0,
    click: () => download(`${about.name}-events.csv`, eventsCsv(events.selection)),
  }, `Events as CSV (${shown(counts.events)})`);
  byId('downloads').replaceChildren(rows, whole, line
    ? el('span', { class: 'muted' }, 'The same rows on the command line: ', el('code', {}, line))
    : el('span', { class: 'muted' }, 'The filters by format, region, country and forum are not parameters '
      + 'of the query, so no one command prints these rows.'));
  byId('events-note').textContent = 'One line an event, shown whole also where the filter takes in only some '
    + 'of its rows. + opens its rows, the note of the coder and the sources. The search looks only in '
    + 'this table and changes no count.';
}

// Shows a state everywhere; answers when all of it is drawn.
async function render() {
  const started = performance.now();
  const state = now;
  const selection = select(state);
  lastCounts = totals(selection, state);
  showFilters(state, selection);
  showCounts(lastCounts, state);
  showEmpty(lastCounts);
  showProfile(selection, state);
  showTable(selection, state);
  showDownloads(state, lastCounts);
  await Promise.all(plots.map((plot) => plot.update(selection, state)));
  lastUpdate = performance.now() - started;
}

function show() {
  working = working.catch(() => {}).then(render);  // one view that failed does not stop the next
  return working;
}

function remember(replace) {
  const address = `#${written(now)}`;
  if (address === (window.location.hash || '#')) return;
  const target = address === '#' ? window.location.pathname + window.location.search : address;
  window.history[replace ? 'replaceState' : 'pushState'](null, '', target);
}

function notify(ignored) {
  const box = byId('notice');
  const text = ignored.map((part) => `${part}.`).join(' ');
  box.className = text ? 'notice' : '';
  if (box.textContent !== text) box.textContent = text;  // what stands already is not said again
}

// Takes over what an address or a control asks for.
function adopt(found) {
  ({ state: now, refused } = found);
  notify(found.ignored);
}

// `keep` is for what changes with every key: no new step for the back button, and no redrawing.
function change(part, { keep = false } = {}) {
  adopt(cleaned({ ...now, ...refused, ...part }));
  remember(keep);
  return keep ? working : show();
}

const places = ['overview', 'charts', 'profile', 'events', 'claims', 'about', 'main'];

function follow() {
  const hash = window.location.hash.slice(1);
  if (places.includes(hash)) {
    goTo(hash);
    return working;
  }
  const found = parsed(hash);
  const { state } = found;
  const profile = (state.country && state.country !== now.country)
    || (state.official && state.official !== now.official);
  adopt(found);
  return show().then(() => profile && goTo('profile'));
}

function goTo(id) {
  const target = byId(id);
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  target.scrollIntoView({ behavior: still ? 'auto' : 'smooth' });
  target.focus({ preventScroll: true });
}

// Headings are gone to by script: an anchor in the address would take the place of the state.
function buildNavigation() {
  const names = { overview: 'Counts', charts: 'Charts', events: 'Events', claims: 'Published values',
    about: 'About' };
  byId('sections').append(...Object.entries(names).map(([id, name]) => el('a', {
    href: `#${id}`, click: (event) => { event.preventDefault(); goTo(id); },
  }, name)));
  byId('skip').addEventListener('click', (event) => { event.preventDefault(); goTo('main'); });
}

function buildTheme() {
  const button = byId('theme');
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches);
  const paint = () => {
    root.classList.toggle('dark', isDark());  // the class that the table's style sheet knows
    button.textContent = isDark() ? 'Light theme' : 'Dark theme';
  };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    paint();
  });
  dark.addEventListener('change', paint);
  paint();
}

function buildHeader() {
  byId('title').textContent = about.title;
  byId('version').textContent = `Dataset ${about.name}, version ${about.version}`;
  const published = payload.claims.rows.length
    ? 'What is marked published is printed in a text, and never makes a row. ' : '';
  const exhaustive = about.exhaustive ? 'The dataset claims to hold every interaction in its scope. '
    : 'The dataset does not claim to be exhaustive: a count is what is attested, not what happened. ';
  const imputed = about.imputed
    ? `${shown(about.imputed)} of ${many(about.rows, 'row')} are imputed, and marked so: they meet the `
      + 'published values and are no evidence of any meeting.'
    : 'No row is imputed.';
  if (about.synthetic) {
    byId('basis').textContent = `Every count on this page is made here, from ${about.basis}. `
      + 'Nothing of it took place: the rows have the shape of a real dataset, and the pages that '
      + 'they name do not exist.';
    return;
  }
  byId('basis').textContent = 'Every count on this page is made here, from rows that a cited page '
    + `${about.imputed ? 'attests or that are imputed' : 'attests'}. ${published}${exhaustive}${imputed}`;
}

async function start() {
  buildTheme();
  buildHeader();
  buildNavigation();
  buildFilters();
  adopt(parsed(places.includes(window.location.hash.slice(1)) ? '' : window.location.hash));
  const [map, time, agency, format, rank, region, ...others] = plots.map((plot) => plot.parts.node);
  byId('plots').append(map, time, el('div', { class: 'stack' }, agency, format, rank), region, ...others);
  buildTable();
  await Promise.all(plots.map((plot) => plot.start()));
  buildClaims();
  buildAbout();
  await show();
  window.addEventListener('hashchange', follow);
  // An address that asks for a profile and nothing else leads to it.
  if (filtersSet(now).length === 1 && (now.country || now.official)) goTo('profile');
  document.documentElement.dataset.ready = 'true';
}

window.secdiplo = {
  ready: start(),
  state: () => structuredClone(now),
  setState: (wanted) => change({ ...initial(), ...wanted }),
  counts: () => ({ ...lastCounts }),
  groups: (dimension, count = now.count) => Object.fromEntries(grouped(select(now), dimension, count)),
  classes: classesOf,
  tones: (classes) => Array.from({ length: classes }, (_, place) => toneOf(place, classes)),
  agencies: () => agenciesOf(select(now), now.scope),
  timeline: () => timeline(select(now), now.by, now.count),
  get lastUpdate() { return lastUpdate; },
};
