// Bar charts, drawn by Vega-Lite. A filter changes their data, never their specification. Colours
// are names in the style sheet, so that a change of theme redraws nothing.

const tip = byId('tip');

// Tooltips are text, whatever the datum holds.
function showTip(handler, event, item, value) {
  if (!value) {
    tip.hidden = true;
    return;
  }
  tip.textContent = value;
  tip.hidden = false;
  const [x, y] = [event.clientX, event.clientY];
  tip.style.left = `${Math.min(x + 12, window.innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${y + 16 + tip.offsetHeight > window.innerHeight ? y - 12 - tip.offsetHeight
    : y + 16}px`;
}

// The library measures labels with it, so it is a name and no reference to the style sheet.
const FONT = 'system-ui, "Segoe UI", "Noto Sans", sans-serif';
const axis = {
  domainColor: 'var(--line)', tickColor: 'var(--line)', gridColor: 'var(--grid)',
  labelColor: 'var(--ink)', titleColor: 'var(--soft)', labelFont: FONT, titleFont: FONT,
  labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal',
};
const config = {
  background: 'transparent', aria: false, font: FONT, view: { stroke: null }, axis,
  text: { font: FONT },
};
// Expressions run in Vega's interpreter: the page's policy forbids making code of text.
const embedding = { ast: true, actions: false, renderer: 'svg', tooltip: showTip, defaultStyle: false };

// The plot is one image with a name; the roles that the library gives its parts would be read out
// one by one.
async function drawn(plot, spec) {
  const inner = el('div', { 'aria-hidden': 'true' });
  plot.append(inner);
  const { view } = await vegaEmbed(inner, spec, embedding);
  for (const node of [inner, ...inner.querySelectorAll('[role]')]) node.removeAttribute('role');
  return view;
}

// The room for labels is measured again with them: left to itself, the library keeps that of the
// first drawing, which had no data, until the window is resized.
const redrawn = (view) => view.resize().runAsync();

// A chart without data has no extent to draw, which the library warns of.
const NOTHING = { key: '0\u001f', n: 0, top: 0, sum: '' };

const count2 = (state) => units[state.count];

// What is above a chart can grow or shrink with a filter; the chart stays under the pointer.
async function steadily(node, part) {
  const before = node.getBoundingClientRect().top;
  await change(part);
  window.scrollBy({ top: node.getBoundingClientRect().top - before, behavior: 'instant' });
}

// A figure with its title, a place for the plot, and the same numbers as a table that filters.
function figure(id, className) {
  const parts = {
    title: el('h3', { id: `${id}-title` }),
    note: el('p', { class: 'muted', id: `${id}-note` }),
    plot: el('div', { class: 'plot', role: 'img', id: `${id}-plot` }),
    box: el('details', {}, el('summary', {}, 'Show as table')),
    body: el('div', {}),
  };
  parts.box.append(parts.body);
  parts.node = el('figure', { class: `chart ${className}`, id, 'aria-labelledby': `${id}-title` },
    parts.title, parts.note, parts.plot, parts.box);
  // The table is made when it is opened and renewed only while it is open.
  parts.fill = () => {};
  parts.box.addEventListener('toggle', () => parts.box.open && parts.fill());
  return parts;
}

function describe(parts, title, note, summary) {
  parts.title.textContent = title;
  parts.note.textContent = note;
  parts.note.hidden = !note;
  parts.plot.setAttribute('aria-label', `${title}. ${summary}`);
}

// The table of a chart; each row has a button that sets the filter, or takes it back.
function filterTable(parts, caption, heads, rows) {
  parts.fill = () => {
    const focused = document.activeElement?.dataset?.key;
    const body = rows().map(({ name, key, numbers, on, act }) => el('tr', { class: on && 'on' },
      el('th', { scope: 'row' }, act ? el('button', {
        type: 'button', class: 'plainer', 'aria-pressed': String(Boolean(on)), 'data-key': key,
        click: act,
      }, name) : name),
      numbers.map((n) => el('td', { class: 'number' }, shown(n)))));
    parts.body.replaceChildren(scrolling(caption, el('table', { class: 'plain' },
      el('caption', { class: 'unseen' }, caption),
      el('thead', {}, el('tr', {}, heads.map((head, n) => el('th', {
        scope: 'col', class: n ? 'number' : null,
      }, head)))),
      el('tbody', {}, body))));
    if (focused) {
      parts.body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    }
  };
  if (parts.box.open) parts.fill();
}

const LISTED = 12;
const barTitles = {
  agency: ['Agency', 'by agency'], official_rank: ['Rank', 'by rank'], format: ['Format', 'by format'],
  region: ['Region', 'by region of the country'], official: ['Official', 'by official'],
  forum: ['Forum', 'at or on the sidelines of forum sessions'],
};
const sharing = {
  agency: 'A joint interaction or event counts once for each agency.',
  official_rank: 'An interaction or event with officials of several ranks counts once for each rank.',
  official: 'An interaction or event with several officials counts once for each.',
};

function toggled(state, name, value) {
  if (!Array.isArray(state[name])) return { [name]: state[name] === value ? '' : value };
  const list = state[name];
  return { [name]: list.includes(value) ? list.filter((item) => item !== value) : [...list, value] };
}

const toArray = (value) => (Array.isArray(value) ? value : value ? [value] : []);
const capital = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;

const STEP = 24;  // of one bar

function barSpec() {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 'container', height: STEP,
    params: [{ name: 'most', value: 1 }],
    data: { name: 'bars', values: [NOTHING] },
    encoding: {
      y: {
        field: 'key', type: 'nominal', sort: null,
        axis: {
          title: null, ticks: false, domain: false, labelLimit: 215, labelPadding: 6,
          labelExpr: "datum.value == '' ? '' : split(datum.value, '\\u001f')[1]",
        },
      },
      x: { field: 'n', type: 'quantitative', axis: null, scale: { nice: false, domain: [0, { expr: 'most' }] } },
      tooltip: { field: 'tip' },
    },
    layer: [
      {
        mark: { type: 'bar', cursor: 'pointer', height: { band: 0.75 }, cornerRadiusEnd: 2 },
        encoding: { color: { field: 'fill', type: 'nominal', scale: null } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 5, fontSize: 12, cursor: 'pointer' },
        encoding: { text: { field: 'shown' }, color: { value: 'var(--ink)' } },
      },
    ],
    config,
  };
}

// Sessions differ by the year at the end of their names.
const shortName = (text) => (text.length <= 31 ? text
  : `${text.slice(0, 23).trimEnd()}\u2026 ${text.slice(-5).trimStart()}`);

class Bars {
  constructor(dimension) {
    this.dimension = dimension;
    this.parts = figure(`by-${dimension}`, 'half');
  }

  async start() {
    this.view = await drawn(this.parts.plot, barSpec());
    this.view.addEventListener('click', (_, item) => {
      if (item?.datum?.value !== undefined) this.choose(item.datum.value);
    });
  }

  choose(value) {
    steadily(this.parts.plot, toggled(current(), this.dimension, value));
  }

  // The groups to show: all of a short closed list, the largest of a long one.
  listed(found, state) {
    const order = choices[this.dimension];
    const items = order.map((value) => ({ value, n: found.get(value) || 0 }));
    if (this.dimension === 'format') return items;
    const chosen = (item) => toArray(state[this.dimension]).includes(item.value);
    const some = items.filter((item) => item.n > 0 || chosen(item));
    some.sort((a, b) => b.n - a.n || order.indexOf(a.value) - order.indexOf(b.value));
    return some;
  }

  update(selection, state) {
    const { dimension } = this;
    const found = grouped(selection, dimension, state.count);
    const [one, several] = count2(state);
    const chosen = toArray(state[dimension]);
    const all = this.listed(found, state);
    const top = all.filter((item, n) => n < LISTED || chosen.includes(item.value));
    const bars = top.map(({ value, n }, place) => ({
      key: `${place}\u001f${(dimension === 'forum' ? shortName : String)(label[dimension](value))}`, value, n, shown: shown(n),
      fill: !chosen.length || chosen.includes(value) ? 'var(--bar)' : 'var(--bar-off)',
      tip: `${label[dimension](value)}: ${many(n, one, several)}`,
    }));
    const title = `${capital(several)} ${barTitles[dimension][1]}`;
    const notes = [
      chosen.length ? 'All are shown for comparison; the darker bars are selected.' : '',
      all.length > top.length ? `The first ${LISTED} of ${all.length}; the table has all.` : '',
      sharing[dimension] || '',
    ];
    const said = top.length ? top.slice(0, 3).map((item) => (
      `${label[dimension](item.value)} ${item.n}`)).join(', ') : 'No rows match';
    describe(this.parts, title, notes.filter(Boolean).join(' '), said);
    filterTable(this.parts, title, [barTitles[dimension][0], several], () => all.map((item) => ({
      name: label[dimension](item.value), key: item.value, numbers: [item.n],
      on: chosen.includes(item.value), act: () => this.choose(item.value),
    })));
    this.parts.node.classList.toggle('none', top.length === 0);
    // Room for the number beside the longest bar.
    this.view.signal('most', (window.innerWidth < 600 ? 1.45 : 1.2) * Math.max(1, ...bars.map((bar) => bar.n)));
    this.view.data('bars', bars.length ? bars : [NOTHING]).height(STEP * Math.max(1, bars.length));
    return redrawn(this.view);
  }
}
