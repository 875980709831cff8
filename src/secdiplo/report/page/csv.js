// Downloads. Cells are quoted and guarded exactly as on the command line.

const guarded = (text) => (/^'*[=@+\-\t\r]/.test(text) ? `'${text}` : text);

function csvCell(value) {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? guarded(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csvText = (heads, rows) => [heads, ...rows]
  .map((row) => `${row.map(csvCell).join(',')}\n`).join('');

const rowsCsv = (selection) => csvText(columns,
  selection.kept.map((row) => columns.map((name) => cell(name, row))));

// One row per event with a row in the selection. Its cells describe the whole event; the last
// columns count what is selected of it.
function eventsCsv(selection) {
  const heads = ['event_id', 'date', 'date_end', 'date_min', 'date_max', 'date_precision', 'format',
    'mode', 'forum', 'host_country', 'city', 'confidence'];
  const kept = new Map();
  for (const row of selection.kept) {
    const event = cells.event_id[row];
    if (!kept.has(event)) kept.set(event, []);
    kept.get(event).push(row);
  }
  const joined = (rows, name) => [...new Set(rows.map((row) => cell(name, row)))]
    .filter((value) => value !== null).join('; ');
  const lines = [...kept].map(([event, rows]) => {
    const whole = rowsOf[event];
    const met = new Set(rows.map((row) => unitOf.interaction[row]).filter((place) => place >= 0));
    return [...heads.map((name) => cell(name, whole[0])), joined(whole, 'agency'),
      joined(whole, 'official'), joined(whole, 'counterpart'), joined(whole, 'topics'),
      cell('source_url', whole[0]), joined(whole, 'row_status'), met.size, rows.length];
  });
  return csvText([...heads, 'agencies', 'officials', 'counterparts', 'topics', 'source_url', 'row_status',
    'interactions_selected', 'participations_selected'], lines);
}

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const anchor = el('a', { href: address, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const quotedWord = (text) => (/^[\w.,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

// The command that prints the same rows.
function command(state, query = payload.rows.query) {
  const words = ['secdiplo', 'query', query];
  if (state.scope !== about.default_scope) words.push('--scope', quotedWord(state.scope));
  for (const name of FILTERS) {
    const value = Array.isArray(state[name]) ? state[name].join(',') : state[name];
    if (value) words.push(`--${name.replaceAll('_', '-')}`, quotedWord(value));
  }
  return [...words, '--format', 'csv'].join(' ');
}
