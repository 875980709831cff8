// The profile of a country or an official, from the selected rows.

const LONG = 100;  // events listed in a profile; the table below has all

function ranked(rows, keyOf, nameOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null || key === undefined) continue;
    if (!groups.has(key)) groups.set(key, { name: nameOf(row), met: new Set(), direct: new Set() });
    const group = groups.get(key);
    if (unitOf.interaction[row] >= 0) group.met.add(unitOf.interaction[row]);
    if (oneOnOne[row]) group.direct.add(cells.event_id[row]);
  }
  return [...groups.values()].map(({ name, met, direct }) => [name, direct.size, met.size])
    .sort((a, b) => b[1] - a[1] || b[2] - a[2]);
}

// The counts of one country or official, as `country_totals` and `official_counterparts` count.
function formatsOf(rows) {
  const found = { bilateral: new Set(), sideline: new Set(), multilateral: new Set() };
  const met = new Set();
  const direct = new Set();
  for (const row of rows) {
    found[cell('format', row)]?.add(cells.event_id[row]);
    if (oneOnOne[row]) direct.add(cells.event_id[row]);
    if (unitOf.interaction[row] >= 0) met.add(unitOf.interaction[row]);
  }
  return {
    bilateral: found.bilateral.size, sideline: found.sideline.size,
    multilateral: found.multilateral.size, interactions: met.size, direct: direct.size,
  };
}

// The events of a country list its officials; those of an official list the counterparts.
function eventList(rows, ofCountry) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(cells.event_id[row])) groups.set(cells.event_id[row], []);
    groups.get(cells.event_id[row]).push(row);
  }
  const lines = [...groups].slice(-LONG).reverse().map(([event, own]) => {
    const met = metOf(own);
    return [dateText(own[0]), formatLabel(cell('format', own[0])),
      ofCountry ? el('span', {}, shortened(officialsOf(own).map(officialText), 2, 'officials'))
        : el('span', {}, shortened(met.map(({ row }) => counterpartNode(row)), 3, 'counterparts')),
      el('span', {}, shortened(met.flatMap(({ people }) => people), 2, 'persons')),
      [cell('forum', own[0]), placeText(own[0])].filter(Boolean).join('; '),
      sourcesShort(event)];
  });
  const caption = groups.size > LONG ? `The latest ${LONG} of ${groups.size} events`
    : `${many(groups.size, 'event')}, the latest first`;
  return scrolling('Events of the profile', stacking(plainTable(caption, ['Date', 'Format',
    ofCountry ? 'Officials' : 'Counterparts', 'Persons met', 'Forum, place', 'Source'], lines)));
}

function sourcesShort(event) {
  const found = payload.links[values.event_id[event]] || [];
  return el('span', {}, commas(found.slice(0, 2).map(([place]) => {
    const [address, publisher] = payload.sources[place];
    return link(address, publisher || 'source');
  })), found.length > 2 ? ` and ${found.length - 2} more` : null);
}

function shareBox(address, what) {
  const full = `${window.location.href.split('#')[0]}#${address}`;
  const field = el('input', { type: 'text', readonly: true, value: full, 'aria-label': `Address of ${what}` });
  const said = el('span', { role: 'status' });
  const copy = async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(full);
      said.textContent = 'Copied';
    } catch {
      said.textContent = document.execCommand('copy') ? 'Copied' : 'Select the address and copy it';
    }
  };
  return el('p', { class: 'share' }, field, el('button', { type: 'button', click: copy }, 'Copy the address'), said);
}

const tile = (name, n, one, several, meaning) => el('div', { class: 'tile', 'data-tile': name },
  el('strong', {}, shown(n)), el('span', {}, n === 1 ? one : several), el('small', {}, meaning));

function tiles(counts) {
  return el('div', { class: 'tiles small' },
    tile('bilateral_meetings', counts.direct, ...units.bilateral_meeting,
      'bilateral or sideline events with a country'),
    tile('bilateral', counts.bilateral, 'bilateral', 'bilateral', 'events of two parties'),
    tile('sideline', counts.sideline, 'sideline', 'sideline', 'events on the sidelines of a multilateral event'),
    tile('multilateral', counts.multilateral, 'multilateral', 'multilateral', 'events of several countries'),
    tile('interactions', counts.interactions, ...units.interaction,
      'one foreign counterpart in one event'));
}

// Why a country cannot have rows, if it cannot.
function withoutRows(code) {
  const name = label.country(code);
  if (code === about.home) {
    return `${name} is the home country of the dataset: its officials take part in every event, so `
      + 'it is never a counterpart.';
  }
  if (about.not_foreign.includes(code)) {
    return `${name} is not foreign to the home country, ${label.country(about.home)}, so it is `
      + 'never a counterpart.';
  }
  return choices.country.includes(code) ? '' : `${name} has no rows in this dataset, in any scope.`;
}

function countryProfile(code, selection) {
  const country = payload.countries[code];
  const rows = selection.kept.filter((row) => isCountry[row] && cell('counterpart', row) === code);
  const [iso2, numeric, cow, gw] = country.codes;
  const codes = [`ISO ${code}`, iso2, numeric, cow && `COW ${cow}`, gw && `GW ${gw}`];
  const regions = Object.entries(country.regions).map(([scheme, region]) => `${region} (${spaced(scheme)})`);
  const why = rows.length ? '' : withoutRows(code);
  if (why) {
    const recorded = atHome(code) ? [] : recordsOf(code);
    return [profileHead(country.name, `Country \u00b7 ISO ${code}`, 'country'),
      el('p', { class: 'empty' }, why), ...recorded];
  }
  const officials = ranked(rows, (row) => cell('official', row), (row) => el('a', {
    href: `#official=${encodeURIComponent(cell('official', row))}` }, cell('official', row)));
  return [
    profileHead(country.name, `Country \u00b7 ${codes.filter(Boolean).join(' \u00b7 ')}`, 'country'),
    el('p', {}, regions.length ? `Region: ${regions.join('; ')}.` : 'No region scheme includes it.'),
    shareBox(`country=${encodeURIComponent(code)}`, country.name),
    tiles(formatsOf(rows)),
    el('div', { class: 'columns' },
      el('div', {}, el('h3', {}, 'Officials who met the country'), officials.length ? plainTable(
        'Named officials, by bilateral meetings', ['Official', 'bilateral meetings', 'interactions'],
        officials.slice(0, 12)) : el('p', {}, 'The selection has no named official.')),
      el('div', {}, recordsOf(code))),
    el('h3', {}, 'Events in the selection'),
    rows.length ? eventList(rows, true) : el('p', { class: 'empty' }, 'No rows match; remove a filter.'),
  ];
}

// Rows on a country in the other tables of the dataset: a list under the title of each.
function recordsOf(code) {
  return [el('h3', {}, 'Forums it attended'), attendedBy(code), ...ownTablesOn(code)];
}

function attendedBy(code) {
  const count = payload.rows.data.counterpart.cells.length;
  const rows = Array.from({ length: count }, (_, row) => row).filter((row) => isCountry[row]
    && cell('counterpart', row) === code && cell('format', row) === 'multilateral' && cell('forum', row));
  const forums = [...new Set(rows.map((row) => cell('forum', row)))].sort();
  if (!forums.length) return el('p', {}, 'None in the coding sheet.');
  return el('ul', {}, forums.map((forum) => el('li', {}, el('a', {
    href: `#forum=${encodeURIComponent(forum)}` }, forum))));
}

function ownTablesOn(code) {
  return payload.records.flatMap(({ title, columns, rows }) => [
    el('h3', {}, title),
    rows[code] ? el('ul', {}, rows[code].map((row) => el('li', {}, recordLine(columns, row))))
      : el('p', {}, 'No rows; this does not mean that there was nothing.'),
  ]);
}

function recordLine(columns, row) {
  const of = Object.fromEntries(columns.map(([name], place) => [name, row[place]]));
  const about = new Set(['source_title', 'source_publisher', 'source_date', 'note']);
  const facts = columns.filter(([name, kind]) => kind !== 'url' && !about.has(name) && of[name] !== null)
    .map(([name, kind]) => (kind === 'code' ? spaced(of[name]) : String(of[name])));
  const links = columns.filter(([name, kind]) => kind === 'url' && of[name])
    .map(([name]) => [' ', link(of[name], of.source_title || of.source_publisher || of[name])]);
  return [facts.join(', '), ...links.flat(), of.note ? el('small', {}, ' ', linked(of.note)) : null];
}

function officialProfile(name, selection) {
  const rows = selection.kept.filter((row) => cell('official', row) === name);
  const posts = payload.officials.filter((row) => row[0] === name);
  const written = posts.map((row) => row[3]).find(Boolean);
  const held = posts.map(([, agency, rank, , from, to]) => `${label.official_rank(rank)}, ${label.agency(agency)}${
    from || to ? ` (${from || '?'} to ${to || 'now'})` : ''}`);
  const countries = ranked(rows.filter((row) => isCountry[row]), (row) => cell('counterpart', row),
    counterpartNode);
  const forums = ranked(rows, (row) => cell('forum', row), (row) => el('a', {
    href: `#forum=${encodeURIComponent(cell('forum', row))}` }, cell('forum', row)))
    .sort((a, b) => b[2] - a[2]);
  return [
    profileHead(written ? `${name} ${written}` : name, `Official \u00b7 ${held.join('; ')}`, 'official'),
    shareBox(`official=${encodeURIComponent(name)}`, name),
    tiles(formatsOf(rows)),
    el('div', { class: 'columns' },
      el('div', {}, el('h3', {}, 'Countries with most meetings'), countries.length ? plainTable(
        'By bilateral meetings', ['Country', 'bilateral meetings', 'interactions'],
        countries.slice(0, 12)) : el('p', {}, 'The selection has no country.')),
      el('div', {}, el('h3', {}, 'Forums'), forums.length ? plainTable(
        'By interactions', ['Forum', 'bilateral meetings', 'interactions'], forums.slice(0, 12))
        : el('p', {}, 'The selection has no forum.'))),
    el('h3', {}, 'Events in the selection'),
    rows.length ? eventList(rows, false) : el('p', { class: 'empty' }, 'No rows match; remove a filter.'),
  ];
}

function profileHead(title, line, name) {
  return el('div', { class: 'bar' }, el('div', {}, el('h2', {}, title), el('p', { class: 'muted' }, line)),
    el('button', { type: 'button', click: () => change({ [name]: '' }) }, 'Close'));
}

function showProfile(selection, state) {
  const box = byId('profile');
  box.hidden = !(state.country || state.official);
  const parts = [];
  if (state.country) parts.push(...countryProfile(state.country, selection));
  if (state.official) parts.push(...officialProfile(state.official, selection));
  box.replaceChildren(...parts);
}
