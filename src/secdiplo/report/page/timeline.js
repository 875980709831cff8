// The timeline: bars of each period, stacked by agency as in the toolkit's figures.

const byNames = { half: 'half-year', year: 'year', quarter: 'quarter', month: 'month' };
const COLOURS = 6;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

// Agencies in the order of their events in the scope, whatever the filters are, so that each keeps
// its place and colour; ties in the order of the codes.
const agencyOrder = new Map();
function agenciesOf(selection, scope) {
  if (agencyOrder.has(scope)) return agencyOrder.get(scope);
  const seen = choices.agency.map(() => new Set());
  const places = new Map(choices.agency.map((agency, place) => [values.agency.indexOf(agency), place]));
  for (let row = 0; row < total; row += 1) {
    const place = places.get(cells.agency[row]);
    if (place === undefined || !selection.window[row] || selection.failed[row] & SCOPE) continue;
    seen[place].add(cells.event_id[row]);
  }
  const events = new Map(choices.agency.map((agency, place) => [agency, seen[place].size]));
  const order = [...choices.agency];
  order.sort((a, b) => events.get(b) - events.get(a) || (a < b ? -1 : 1));
  agencyOrder.set(scope, order);
  return order;
}
const fillOf = (place) => `var(--a${(place % COLOURS) + 1})`;

function timeSpec() {
  const x = {
    field: 'key', type: 'ordinal', sort: null, scale: { paddingOuter: 0.1 },
    axis: {
      title: null, ticks: false, labelAngle: 0, labelOverlap: 'greedy', labelSeparation: 4,
      labelExpr: "split(split(datum.value, '\\u001f')[1], '|')", labelLineHeight: 14,
    },
  };
  const axis = { title: null, tickCount: 5, format: 'd', tickMinStep: 1, domain: false, ticks: false };
  const cursor = { expr: "datum.vague ? 'help' : 'pointer'" };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 'container', height: 220,
    data: { name: 'bars', values: [NOTHING] },
    encoding: { x, tooltip: { field: 'tip' } },
    layer: [
      {
        // Pale colours have an edge, so that they can be told from the paper.
        mark: { type: 'bar', width: { band: 0.8 }, strokeWidth: 0.7, cursor },
        encoding: {
          y: { field: 'n', type: 'quantitative', stack: 'zero', axis },
          order: { field: 'order', type: 'quantitative' },
          color: { field: 'fill', type: 'nominal', scale: null },
          stroke: { field: 'edge', type: 'nominal', scale: null },
          opacity: { field: 'opacity', type: 'quantitative', scale: null },
        },
      },
      {
        // Narrow bars have no room for a number; the tooltip and the table have it.
        mark: {
          type: 'text', baseline: 'bottom', dy: -3, fontSize: 12, cursor,
          text: { expr: "bandwidth('x') < 17 ? '' : datum.sum" },
        },
        encoding: {
          y: { field: 'top', type: 'quantitative', stack: null },
          color: { value: 'var(--ink)' },
        },
      },
    ],
    config,
  };
}

class Timeline {
  constructor() {
    this.parts = figure('by-period', 'wide');
    this.legend = el('ul', { class: 'legend', 'aria-label': 'Colours' });
    this.by = el('select', { change: () => change({ by: this.by.value }) },
      OPTIONS.by.map((by) => el('option', { value: by }, byNames[by])));
    this.parts.plot.before(el('div', { class: 'bar' }, this.legend,
      el('label', {}, 'One bar per ', this.by)));
    this.window = el('p', { id: 'by-period-window', class: 'muted', role: 'status' });
    this.parts.plot.after(this.window);
    this.order = '';
  }

  async start() {
    this.view = await drawn(this.parts.plot, timeSpec());
    this.view.addEventListener('click', (_, item) => {
      if (item?.datum?.period) this.choose(item.datum.period);
    });
  }

  choose(period) {
    if (period === IMPRECISE) {
      this.window.textContent = this.vagueText();
      return;
    }
    const [start, end] = monthsOf(period);
    const state = current();
    const same = state.start === start && state.end === end;
    steadily(this.parts.plot, same ? { start: '', end: '' } : { start, end });
  }

  vagueText() {
    return `The bar \u201c${IMPRECISE}\u201d sets no filter: its events are dated too imprecisely for a ${
      byNames[current().by]}. A filter by date selects an event if its dates overlap the period.`;
  }

  // A click on a bar can select more than the bar shows; this says what.
  windowText(selection, state) {
    if (!state.start && !state.end) return '';
    const [one, several] = count2(state);
    const [first, last] = windowOf(state);
    const unit = unitOf[state.count];
    const [all, within, shares] = [new Set(), new Set(), new Set()];
    const [events, eventsWithin] = [new Set(), new Set()];
    for (const row of selection.kept) {
      if (unit[row] < 0) continue;
      all.add(unit[row]);
      events.add(cells.event_id[row]);
      const [begin, end] = [cell('date_min', row), cell('date_max', row)];
      if (!begin || !end || (first && begin < first) || (last && end > last)) continue;
      within.add(unit[row]);
      eventsWithin.add(cells.event_id[row]);
      shares.add(`${unit[row]} ${cells.agency[row]}`);
    }
    // An interaction or meeting has the dates of its event.
    const told = (n, ofEvents) => many(n, one, several)
      + (state.count === 'interaction' ? ` in ${many(ofEvents, 'event')}` : '');
    const only = all.size - within.size;
    const again = shares.size - within.size;
    const parts = [`The filter selects ${told(all.size, events.size)}.`];
    if (only) {
      const [overlap, they] = only === 1 ? ['overlaps', 'it is'] : ['overlap', 'they are'];
      parts.push(`Of these, ${told(within.size, eventsWithin.size)} ${within.size === 1 ? 'is' : 'are'} certainly `
        + `in the period; ${told(only, events.size - eventsWithin.size)} only ${overlap} it, with imprecise dates `
        + `or several days: ${they} in other bars or in the last bar.`);
    }
    if (again) parts.push('Bars count a joint interaction or event once for each agency; the filter counts it once.');
    return parts.join(' ');
  }

  update(selection, state) {
    const { by } = state;
    const [one, several] = count2(state);
    this.by.value = by;
    const agencies = agenciesOf(selection, state.scope);
    this.showLegend(agencies);
    const found = timeline(selection, by, state.count);
    const [first, last] = [day(state.start, false), day(state.end, true)];
    const taken = (period) => period === IMPRECISE || !(first || last)
      || ((!first || `${monthsOf(period)[1]}-31` >= first) && (!last || `${monthsOf(period)[0]}-01` <= last));
    const all = calendar(found, by);
    const vague = found.some((item) => item.period === IMPRECISE);
    const order = [...all, ...(vague ? [IMPRECISE] : [])];
    const table = new Map(order.map((period) => [period, new Map()]));
    for (const item of found) table.get(item.period).set(item.agency, item.n);
    const sum = (period) => [...table.get(period).values()].reduce((a, b) => a + b, 0);
    const bars = this.bars(order, agencies, table, sum, taken, one, several);
    const title = `${capital(several)} by ${byNames[by]} and agency`;
    const notes = [
      vague ? `Events dated too imprecisely for a ${byNames[by]} are in the last bar.` : '',
      first || last ? 'Other periods are shown for comparison; the darker bars are selected.' : '',
      sharing.agency,
    ];
    const peak = order.length ? order.reduce((a, b) => (sum(b) > sum(a) ? b : a)) : '';
    const said = order.length <= LISTED ? order.map((period) => `${period} ${sum(period)}`).join(', ')
      : `${order.length} bars; the highest is ${peak} with ${sum(peak)}`;
    describe(this.parts, title, notes.filter(Boolean).join(' '), peak ? said : 'No rows match');
    this.window.textContent = this.windowText(selection, state);
    filterTable(this.parts, title, ['Period', ...agencies, 'Sum'], () => order.map((period) => ({
      name: period === IMPRECISE ? `${period} (sets no filter)` : period, key: period,
      numbers: [...agencies.map((agency) => table.get(period).get(agency) || 0), sum(period)],
      on: (first || last) && period !== IMPRECISE && taken(period),
      act: period === IMPRECISE ? null : () => this.choose(period),
    })));
    this.parts.node.classList.toggle('none', order.length === 0);
    this.view.data('bars', bars.length ? bars : [NOTHING]);
    return redrawn(this.view);
  }

  showLegend(agencies) {
    if (this.order === agencies.join()) return;
    this.order = agencies.join();
    this.legend.replaceChildren(...agencies.map((agency, place) => (
      el('li', {}, el('span', { class: 'swatch', style: `background:${fillOf(place)}` }),
        `${agency === label.agency(agency) ? '' : `${agency}: `}${label.agency(agency)}`))));
  }

  // One datum per period and agency, the last one with the sum; an empty place separates the bar of
  // imprecise dates.
  bars(order, agencies, table, sum, taken, one, several) {
    const name = (period) => (period === IMPRECISE ? 'imprecise|date'
      : period.replace(/^(\d{4})-(\w+)$/, (_, year, part) => `${MONTHS[part - 1] || part}|${year}`));
    const bars = [];
    order.forEach((period, place) => {
      const vague = period === IMPRECISE;
      if (vague && place) bars.push({ key: `${place - 0.5}\u001f`, n: 0, sum: '' });
      const key = `${place}\u001f${name(period)}`;
      const counts = table.get(period);
      const whole = sum(period);
      const own = agencies.filter((agency) => counts.has(agency));
      if (!own.length) bars.push({ key, n: 0, period, sum: '' });
      own.forEach((agency, n) => bars.push({
        key, period, vague, n: counts.get(agency), order: n, fill: fillOf(agencies.indexOf(agency)),
        edge: 'var(--edge)', opacity: taken(period) ? 1 : 0.3,
        top: whole, sum: n === own.length - 1 ? shown(whole) : '',
        tip: `${period}, ${agency}: ${many(counts.get(agency), one, several)}${
          own.length > 1 ? ` of ${shown(whole)} in the bar` : ''}${
          vague ? '. This bar sets no filter.' : ''}`,
      }));
    });
    return bars;
  }
}
