// Every published value beside the recomputed one.

const statusMarks = {
  reproduced: ['\u2713', 'the rows give the published value'],
  consistent: ['\u2264', 'lower than published, as incomplete coding can explain'],
  exceeded: ['\u2265', 'higher than published: the coding differs'],
  differs: ['\u2260', 'a share or rank has another value'],
  contradicted: ['\u2717', 'no additional data could resolve the difference'],
  not_testable: ['\u2013', 'cannot be tested, for the reason given'],
};

// A year is not written with a comma.
const amount = (row, value) => (row.unit === 'year' ? String(value) : shown(value));
function admitted(row) {
  if (row.lower === null && row.upper === null) return '';
  if (row.lower === row.upper) return amount(row, row.lower);
  const end = (value) => (value === null ? 'any' : amount(row, value));
  return `${end(row.lower)} to ${end(row.upper)}`;
}

// A text in a few words: its publisher or author, or its title.
const textOf = new Map(payload.claims.texts.map((text) => [text[0], text]));
function textName(name) {
  const [, title, publisher, date, , author] = textOf.get(name) || [];
  const who = publisher || author || title || 'title unknown';
  return name ? [who, date].filter(Boolean).join(', ') : '';
}

// A text as in a list of references; unknown parts are named as such.
function textNode([, title, publisher, date, address, author]) {
  const shownTitle = title || `${author ? 't' : 'T'}itle unknown`;
  return el('li', {}, author ? `${author}: ` : null, address ? link(address, shownTitle) : shownTitle,
    `. ${publisher || 'Publisher unknown'}, ${date || 'date unknown'}.`);
}

function wordsNode(row) {
  return [el('q', {}, row.quote), el('small', {}, [textName(row.text), row.section]
    .filter(Boolean).join(', '))];
}

function noteNode(row) {
  return [row.note ? linked(row.note) : null, row.note && row.recipe ? el('br') : null,
    row.recipe ? el('code', {}, row.recipe) : null].flat().filter(Boolean);
}

const statusBadge = (status) => el('span', { class: `badge ${status}` },
  `${statusMarks[status]?.[0] || ''} ${spaced(status)}`);

// Title, text to search and sort by, node to show.
const claimColumns = [
  ['Id', (row) => row.claim_id, null, 'wide-only'],
  ['Quote', (row) => [row.quote, textName(row.text), row.section].filter(Boolean).join(' '), wordsNode],
  ['Published', (row) => row.published, (row) => [`${row.mark}${amount(row, row.published)}`,
    el('small', {}, spaced(row.unit))], 'number'],
  ['Recomputed', (row) => row.recomputed, (row) => [row.recomputed === null ? '\u2013' : amount(row, row.recomputed)], 'number'],
  ['Possible', (row) => row.lower, (row) => [admitted(row)], 'number wide-only'],
  ['Status', (row) => spaced(row.status), (row) => [statusBadge(row.status)]],
  ['Note and query', (row) => [row.note, row.recipe].filter(Boolean).join(' '),
    noteNode, 'note wide-only'],
];

function claimTable(node, rows, pick) {
  const table = new DataTable(node, {
    data: rows, order: [], autoWidth: false, pageLength: 10, lengthMenu: [10, 25, 50, 200],
    columns: claimColumns.map(([title, text, shownAs, className]) => ({
      title, data: null, className, type: className?.startsWith('number') ? 'num' : 'string',
      render: (_, type, row) => {
        if (type === 'display') return '';
        const found = text(row);
        return typeof found === 'number' ? found : inert(found);
      },
      createdCell: (td, _, row) => {
        named(td, title);
        td.append(...(shownAs ? shownAs(row) : [text(row)]));
      },
    })),
    infoCallback: counting('published value'),
    layout: { topStart: 'search', topEnd: 'info', bottomStart: 'pageLength', bottomEnd: 'paging' },
    language: {
      search: 'Search the published values', lengthMenu: '_MENU_ values per page',
      zeroRecords: 'No values match; choose another status or clear the search.',
    },
  });
  table.search.fixed('status', (_, row) => !pick.value || row.status === pick.value);
  pick.addEventListener('change', () => table.draw());
}

function buildClaims() {
  const box = byId('claims');
  const { rows, texts } = payload.claims;
  box.append(el('h2', { id: 'claims-title' }, 'Published and recomputed values'));
  if (!rows.length) {
    box.append(el('p', { class: 'empty' }, 'This dataset has no published values to compare with.'));
    return;
  }
  const having = (status) => rows.filter((row) => row.status === status).length;
  const found = Object.keys(statusMarks).filter(having);
  const pick = el('select', { id: 'claim-status' }, el('option', { value: '' }, `All (${rows.length})`),
    found.map((status) => el('option', { value: status },
      `${statusMarks[status][0]} ${spaced(status)} (${having(status)})`)));
  const node = el('table', { class: 'display claims stacks' });
  box.append(
    el('p', {}, el('b', {}, 'Published'), ': what a text prints. ', el('b', {}, 'Recomputed'), ': what the rows '
      + 'of this dataset give in its own scope; your filters do not change it. ', el('b', {}, 'Possible'),
    ': the values that agree with all published values together.'),
    el('dl', { class: 'keys' }, found.map((status) => el('div', {}, el('dt', {}, statusBadge(status)),
      el('dd', {}, `${having(status)}: ${statusMarks[status][1]}`)))),
    el('div', { class: 'field short' }, el('label', { for: 'claim-status' }, 'Status'), pick),
    scrolling('Published values', node),
    el('h3', {}, 'Source texts'),
    el('ul', { class: 'sources' }, texts.map(textNode)),
  );
  claimTable(node, rows, pick);
}
