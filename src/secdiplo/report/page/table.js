// The table of events, by DataTables. Cells are nodes made of text; the library sorts and searches
// text in which nothing can be read as markup.

const eventCells = values.event_id.map((id, event) => {
  const rows = rowsOf[event];
  return { event, first: rows[0], rows };
});

const unique = (rows, name) => [...new Set(rows.map((row) => cell(name, row)))]
  .filter((value) => value !== null);
const counterparts = (rows) => {
  const seen = new Map();
  for (const row of rows) {
    if (unitOf.interaction[row] >= 0) seen.set(unitOf.interaction[row], row);
  }
  return [...seen.values()];
};
const postText = (row) => {
  const [agency, rank] = [cell('agency', row), label.official_rank(cell('official_rank', row))];
  return rank.includes(agency) ? rank : `${agency}, ${rank}`;
};
const officialName = (row) => cell('official', row) || 'Official not named';
const officialText = (row) => `${officialName(row)} (${postText(row)})`;
const officialNode = (row) => [cell('official', row) ? el('a', {
  href: `#official=${encodeURIComponent(cell('official', row))}` }, officialName(row)) : officialName(row),
el('small', {}, ` ${postText(row)}`)];
// One row for each official of an event.
const officialsOf = (rows) => [...new Map(rows.map((row) => [officialText(row), row])).values()];
const personText = (row) => {
  const [name, office] = [cell('counterpart_person', row), cell('counterpart_office', row)];
  if (name && office) return `${name}, ${office}`;
  return name || office || null;
};
const placeText = (row) => [cell('city', row), label.country(cell('host_country', row) || '')]
  .filter(Boolean).join(', ') || (cell('mode', row) === 'in_person' ? '' : spaced(cell('mode', row)));
const dateText = (row) => {
  const [first, last] = [cell('date', row), cell('date_end', row)];
  return last ? `${first} to ${last}` : first || 'not dated';
};

// Country names lead to their profiles.
function counterpartNode(row) {
  const name = counterpartName(row) || 'none named';
  return isCountry[row] ? el('a', { href: `#country=${encodeURIComponent(cell('counterpart', row))}` },
    name) : name;
}
function commas(nodes) {
  return nodes.flatMap((node, n) => (n ? [', ', node] : [node]));
}
function shortened(items, most, what) {
  const left = items.length - most;
  return left > 1 ? [...commas(items.slice(0, most)), ` and ${left} more ${what}`] : commas(items);
}

// The counterparts of an event with the persons met.
function metOf(rows) {
  const found = new Map();
  for (const row of rows) {
    const key = unitOf.interaction[row];
    if (!found.has(key)) found.set(key, { row, people: [] });
    const person = personText(row);
    if (person && !found.get(key).people.includes(person)) found.get(key).people.push(person);
  }
  return [...found.values()];
}

// Items in a column; if there are many, the first ones.
function listed(items, most, what) {
  const left = items.length - most;
  const some = left > 1 ? items.slice(0, most) : items;
  return [...some.map((item) => el('div', {}, item)),
    ...(left > 1 ? [el('small', {}, `and ${left} more ${what}`)] : [])];
}

const tableColumns = [
  {
    title: 'Date', text: ({ first }) => dateText(first),
    sort: ({ first }) => `${cell('date_min', first) || '9999'} ${cell('event_id', first)}`,
  },
  { title: 'Format', class: 'wide-only', text: ({ first }) => formatLabel(cell('format', first)) },
  {
    title: 'Officials', text: ({ rows }) => [...new Set(rows.map(officialText))].join('; '),
    node: ({ rows }) => listed(officialsOf(rows).map(officialNode), 3, 'officials'),
  },
  {
    title: 'Counterparts and persons met',
    text: ({ rows }) => metOf(rows).map(({ row, people }) => [counterpartName(row) || 'none named',
      cell('counterpart', row), ...people].filter(Boolean).join(', ')).join('; '),
    node: ({ rows }) => listed(metOf(rows).map(({ row, people }) => [counterpartNode(row),
      people.length ? el('small', {}, ` ${people.join('; ')}`) : null]), 3, 'counterparts'),
  },
  {
    title: 'Forum, place', class: 'wide-only',
    text: ({ first }) => [cell('forum', first), placeText(first)].filter(Boolean).join('; '),
  },
  {
    title: 'Topics', class: 'wide-only',
    text: ({ rows }) => [...new Set(rows.flatMap((row) => (cell('topics', row) || '').split('; ')))]
      .filter(Boolean).join(', '),
  },
  {
    title: 'Confidence', class: 'wide-only',
    text: ({ first, rows }) => {
      const made = ['imputed', 'synthetic']
        .find((kind) => rows.some((row) => cell('row_status', row) === kind));
      return [cell('confidence', first), made].filter(Boolean).join(', ');
    },
  },
];

// The library decodes entities in what it searches, so they are escaped first.
const inert = (text) => String(text ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;');

// Which lines of a table are visible, in words.
const counting = (one) => (_, start, end, most, found) => {
  if (found < 2) return found ? `1 ${one}` : `No ${one}s`;
  return `${shown(start)} to ${shown(end)} of ${shown(found)} ${one}s`;
};

const events = { kept: new Uint8Array(values.event_id.length), selection: null };

function buildTable() {
  const button = {
    title: '', orderable: false, searchable: false, className: 'open', data: null,
    render: () => '',
    createdCell: (td, _, item) => td.append(el('button', {
      type: 'button', class: 'plainer expand', 'aria-expanded': 'false',
      'aria-label': `Details and sources of the event of ${dateText(item.first)}, ${
        counterparts(item.rows).map(counterpartName)[0] || 'no counterpart named'}`,
    }, el('span', { 'aria-hidden': 'true' }, '+'))),
  };
  const shownColumns = tableColumns.map((column) => ({
    title: column.title, data: null, className: column.class, type: 'string',
    orderSequence: ['asc', 'desc'],
    render: (_, type, item) => {
      if (type === 'display') return '';
      return inert(type === 'sort' && column.sort ? column.sort(item) : column.text(item));
    },
    createdCell: (td, _, item) => {
      named(td, column.title);
      td.append(...(column.node ? column.node(item) : [column.text(item)]));
    },
  }));
  events.table = new DataTable('#events-table', {
    data: eventCells, columns: [button, ...shownColumns], order: [[1, 'desc']], autoWidth: false,
    deferRender: true, pageLength: 10, lengthMenu: [10, 25, 50, 100], stateSave: false,
    search: { search: current().q },
    infoCallback: counting('event'),
    layout: { topStart: 'search', topEnd: 'info', bottomStart: 'pageLength', bottomEnd: 'paging' },
    language: {
      search: 'Search in these events', lengthMenu: '_MENU_ events per page',
      emptyTable: 'The dataset has no events.',
      zeroRecords: 'No events match; remove a filter or clear the search.',
    },
  });
  events.table.search.fixed('selection', (_, item) => events.kept[item.event] === 1);
  byId('events-table').querySelector('tbody').addEventListener('click', (click) => {
    const opener = click.target.closest('button.expand');
    if (opener) toggleDetails(opener);
  });
  events.table.on('search', () => {
    const q = events.table.search();
    if (q !== current().q) change({ q }, { keep: true });
  });
  byId('events-table').querySelector('thead th').append(el('span', { class: 'unseen' }, 'Details'));
}

function toggleDetails(opener) {
  const row = events.table.row(opener.closest('tr'));
  const open = row.child.isShown();
  if (open) row.child.hide();
  else row.child(details(row.data())).show();
  opener.setAttribute('aria-expanded', String(!open));
  opener.firstChild.textContent = open ? '+' : '\u2212';
}

const status = (row) => el('span', { class: `badge ${cell('row_status', row)}` },
  `${cell('row_status', row) === 'attested' ? '\u25cf' : '\u25cb'} ${cell('row_status', row)}`);

// All details of an event: each of its rows, and its sources.
function details(item) {
  const { selection } = events;
  const kept = new Set(selection ? selection.kept : item.rows);
  const heads = ['Official', 'Counterpart', 'Person met', 'Topics', 'Note of the coder',
    'Inferred by the coder', 'Row'];
  const line = (row) => el('tr', { class: kept.has(row) ? null : 'outside' },
    el('td', {}, officialText(row)),
    el('td', {}, unitOf.interaction[row] < 0 ? 'none named' : counterpartNode(row)),
    el('td', {}, personText(row)),
    el('td', {}, (cell('topics', row) || '').replaceAll('; ', ', ')),
    el('td', { class: 'note' }, linked(cell('note', row) || '')),
    el('td', {}, (cell('inferred', row) || '').replaceAll('; ', ', ')),
    el('td', {}, status(row), kept.has(row) ? null : ' outside the selection'));
  const facts = [
    cell('event_id', item.first), formatLabel(cell('format', item.first)),
    `precision of the date: ${cell('date_precision', item.first) || 'unknown'}`,
    spaced(cell('mode', item.first)), placeText(item.first), cell('forum', item.first),
    cell('confidence', item.first) && `confidence ${cell('confidence', item.first)}`,
  ];
  return el('div', { class: 'details' },
    el('p', { class: 'muted' }, facts.filter(Boolean).join(' \u00b7 ')),
    scrolling('Rows of the event', stacking(el('table', { class: 'plain' },
      el('thead', {}, el('tr', {}, heads.map((head) => el('th', { scope: 'col' }, head)))),
      el('tbody', {}, item.rows.map(line))))),
    el('h4', {}, 'Sources'), sourceList(values.event_id[item.event]));
}

function sourceList(event) {
  const found = payload.links[event] || [];
  if (!found.length) return el('p', {}, 'No source: the row is imputed, or the sheet cites none.');
  return el('ul', { class: 'sources' }, found.map(([place, role]) => {
    const [address, publisher, date, title, archived, language, inferred] = payload.sources[place];
    const about = [publisher, date, language, role === 'primary' ? 'main source' : spaced(role),
      inferred && `inferred: ${inferred.replaceAll('; ', ', ')}`].filter(Boolean).join(', ');
    return el('li', {}, link(address, title), title ? el('span', { class: 'address' }, ` ${address}`)
      : null, ` (${about})`, archived ? [' ', link(archived, 'archived copy')] : null);
  }));
}

function showTable(selection, state) {
  events.selection = selection;
  events.kept.fill(0);
  for (const row of selection.kept) events.kept[cells.event_id[row]] = 1;
  if (events.table.search() !== state.q) events.table.search(state.q);
  for (const opener of document.querySelectorAll('#events-table .expand[aria-expanded=true]')) {
    toggleDetails(opener);
  }
  events.table.draw();
}
