// Puts the parts together: one state, one function that changes it, one that shows it.

const headline = [
  ['events', 'event', 'events', 'meetings, calls, dialogues or conferences'],
  ['interactions', 'interaction', 'interactions', 'one foreign counterpart in one event'],
  ['bilateral_meetings', 'bilateral meeting', 'bilateral meetings', 'bilateral or sideline events with a country'],
  ['countries', 'country', 'countries', 'different ones, in events of any format'],
  ['agency_interactions', 'agency interaction', 'agency interactions', 'a joint interaction counts once for each agency'],
  ['participations', 'participation', 'participations', 'rows: one official and one counterpart in one event'],
  ['bilateral_countries', 'country in bilateral meetings', 'countries in bilateral meetings', 'different ones'],
  ['organizations', 'organization', 'organizations', 'different ones, in events of any format'],
];

let now = initial();
let refused = {};  // typed dates that are not valid; they stay in their fields
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
    notes.push(`${many(counts.straddling_events, 'event')} may be outside the period: `
      + 'the date is too imprecise, or the event is longer than the period.');
  }
  if (counts.unnamed_counterpart_events) {
    notes.push(`${many(counts.unnamed_counterpart_events, 'event has no named counterpart and so',
      'events have no named counterpart and so')} no interaction.`);
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
  const rows = el('button', {
    type: 'button', id: 'download-rows', disabled: counts.participations === 0,
    click: () => download(`${about.name}-${payload.rows.query}.csv`, rowsCsv(events.selection)),
  }, `Rows as CSV (${shown(counts.participations)})`);
  const whole = el('button', {
    type: 'button', id: 'download-events', disabled: counts.participations === 0,
    click: () => download(`${about.name}-events.csv`, eventsCsv(events.selection)),
  }, `Events as CSV (${shown(counts.events)})`);
  byId('downloads').replaceChildren(rows, whole, el('span', { class: 'muted' },
    'The same rows on the command line: ', el('code', {}, command(state))));
  byId('events-note').textContent = 'One line per event, with all its counterparts even if the filters select '
    + 'only some of its rows. + opens its rows, the notes of the coder and the sources. The search only '
    + 'filters this table and changes no count.';
}

// Shows a state everywhere; resolves when all of it is drawn.
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
  working = working.catch(() => {}).then(render);  // a view that failed does not stop the next
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
  if (box.textContent !== text) box.textContent = text;  // the same text is not read out again
}

// Sets what an address or a control asks for.
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

// Links to headings are scripts: an anchor in the address would replace the state.
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
    root.classList.toggle('dark', isDark());  // the class of the table's style sheet
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
    ? 'Values marked published are printed in a text; they are never rows. ' : '';
  const exhaustive = about.exhaustive ? 'The dataset claims to contain every interaction in its scope. '
    : 'The dataset does not claim to be exhaustive, so a count may be lower than what happened. ';
  const imputed = about.imputed
    ? `${shown(about.imputed)} of ${many(about.rows, 'row')} are imputed, and marked as such: they agree with the `
      + 'published values and are no evidence of any meeting.'
    : 'No row is imputed.';
  if (about.synthetic) {
    byId('basis').textContent = `Every count on this page is computed from ${about.basis}. `
      + 'Nothing in it took place: the rows resemble those of a real dataset, and the pages that '
      + 'they cite do not exist.';
    return;
  }
  byId('basis').textContent = 'Every count on this page is computed from rows that a cited page '
    + `attests${about.imputed ? ', and from imputed rows' : ''}. ${published}${exhaustive}${imputed}`;
}

async function start() {
  buildTheme();
  buildHeader();
  buildNavigation();
  buildFilters();
  const hash = window.location.hash;
  adopt(parsed(hash && !places.includes(hash.slice(1)) ? hash : about.start_filters));
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
