// The controls: native form controls. The state alone keeps what is set.

function checks(name) {
  return el('fieldset', {}, el('legend', {}, filterNames[name]), choices[name].map((value) => (
    el('label', { class: 'check' }, el('input', { type: 'checkbox', name, value }),
      label[name](value)))));
}

const OFFERED = ['country', 'official', 'forum'];
const option = (name) => (value) => el('option', { value }, label[name](value));

// The scope decides which countries, officials and forums are listed: see `offer`.
function chooser(name, empty) {
  return el('div', { class: 'field' }, el('label', { for: `filter-${name}` }, filterNames[name]),
    el('select', { id: `filter-${name}`, name }, el('option', { value: '' }, empty),
      OFFERED.includes(name) ? null : choices[name].map(option(name))));
}

// Lists what has a row in the scope, within its dates or the dates that replace them.
let offered = '';
function offer(selection, state) {
  const key = [state.scope, state.start, state.end].join();
  if (key === offered) return;
  offered = key;
  const found = OFFERED.map(() => new Set());
  for (let row = 0; row < total; row += 1) {
    const bits = selection.failed[row];
    if (bits & SCOPE || (bits & BIT.date && !selection.window[row])) continue;
    OFFERED.forEach((name, n) => found[n].add(groupOf[name][row]));
  }
  OFFERED.forEach((name, n) => {
    const having = new Set([...found[n]].map((place) => values[columnOf[name]][place]));
    const items = choices[name].filter((value) => having.has(value));
    const list = name === 'forum' ? bySeries(items).map(([series, own]) => (
      el('optgroup', { label: series }, own.map(option(name))))) : items.map(option(name));
    const control = byId(`filter-${name}`);
    control.replaceChildren(control.options[0], ...list);
  });
}

function dayField(name) {
  return el('div', { class: 'field' }, el('label', { for: `filter-${name}` }, filterNames[name]),
    el('input', {
      id: `filter-${name}`, name, type: 'text', inputmode: 'numeric', maxlength: '10', size: '10',
      'aria-describedby': 'day-hint notice',
    }));
}

// Sessions grouped by series.
function bySeries(forums) {
  const groups = new Map();
  for (const forum of forums) {
    const series = payload.forums[forum]?.[0] || 'Other';
    if (!groups.has(series)) groups.set(series, []);
    groups.get(series).push(forum);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b, 'en'));
}

const form = byId('filters');

function buildFilters() {
  form.append(
    el('button', { type: 'button', id: 'reset', click: () => change(cleanFilters()) },
      'Reset all filters'),
    checks('agency'),
    checks('format'),
    el('fieldset', {}, el('legend', {}, 'Date'),
      el('div', { class: 'pair' }, dayField('start'), dayField('end')),
      el('p', { id: 'day-hint', class: 'muted' }, 'A year, a month or a day: 2024, 2024-09 or '
        + '2024-09-07. These dates replace those of the scope.')),
    chooser('country', 'All countries'),
    chooser('official', 'All officials'),
    chooser('forum', 'With or without a forum'),
    checks('official_rank'),
    checks('region'),
    checks('mode'),
    checks('topic'),
    choices.home.length > 1 ? checks('home') : '',
    chooser('confidence', 'Any (low or better)'),
  );
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', (event) => {
    const { name, value } = event.target;
    if (LISTS.includes(name)) {
      change({ [name]: [...form.querySelectorAll(`input[name="${name}"]:checked`)]
        .map((box) => box.value) });
    } else if (name) change({ [name]: value });
  });
  const scope = byId('scope');
  for (const name of Object.keys(payload.scopes)) scope.append(el('option', { value: name }, name));
  scope.addEventListener('change', () => change({ scope: scope.value }));
  const measure = byId('measure');
  for (const count of OPTIONS.count) {
    measure.append(el('label', { class: 'check' },
      el('input', { type: 'radio', name: 'count', value: count, change: () => change({ count }) }),
      units[count][1]));
  }
  // On a narrow screen the counts come first; the filters are one touch away.
  if (window.innerWidth < 800) byId('filter-box').open = false;
}

const cleanFilters = () => Object.fromEntries(FILTERS.map((name) => [name, initial()[name]]));

function showFilters(state, selection) {
  offer(selection, state);
  for (const box of form.querySelectorAll('input[type=checkbox]')) {
    box.checked = state[box.name].includes(box.value);
  }
  for (const name of [...SINGLE, ...DAYS]) {
    const control = byId(`filter-${name}`);
    // An address, or another scope, can set a value that no row has; then it is listed too.
    if (state[name] && control.options && ![...control.options].some((o) => o.value === state[name])) {
      control.append(el('option', { value: state[name] }, label[name](state[name])));
    }
    const text = refused[name] ?? state[name];
    if (control.value !== text) control.value = text;
    if (Object.hasOwn(refused, name)) control.setAttribute('aria-invalid', 'true');
    else control.removeAttribute('aria-invalid');
  }
  for (const radio of document.querySelectorAll('input[name=count]')) {
    radio.checked = radio.value === state.count;
  }
  const scope = payload.scopes[state.scope];
  byId('scope').value = state.scope;
  const dates = scope.start || scope.end ? ` Period: ${scope.start || 'any day'} to ${
    scope.end || 'any day'}.` : '';
  byId('scope-title').textContent = `${scope.title.replace(/\.$/, '')}.${dates}`;
  const set = filtersSet(state);
  byId('filter-count').textContent = set.length ? `${set.length} set` : 'none set';
  byId('reset').disabled = set.length === 0 && Object.keys(refused).length === 0;
  showChips(state, set);
}

function showChips(state, set) {
  const chip = (name, value) => {
    const text = `${filterNames[name]}: ${label[name] ? label[name](value) : value}`;
    const without = Array.isArray(state[name])
      ? { [name]: state[name].filter((item) => item !== value) } : { [name]: '' };
    return el('li', {}, el('button', {
      type: 'button', class: 'chip', 'aria-label': `Remove ${text}`, click: () => change(without),
    }, text, el('span', { 'aria-hidden': 'true' }, ' \u00d7')));
  };
  const chips = set.flatMap((name) => toArray(state[name]).map((value) => chip(name, value)));
  const profiled = [state.country && label.country(state.country), state.official].filter(Boolean);
  const way = profiled.length ? [el('li', {}, el('a', {
    href: '#profile', click: (event) => { event.preventDefault(); goTo('profile'); },
  }, `Profile of ${profiled.join(' and ')}`))] : [];
  byId('chips').replaceChildren(...(chips.length ? [...chips, ...way]
    : [el('li', { class: 'muted' }, 'No filter is set.')]));
}
